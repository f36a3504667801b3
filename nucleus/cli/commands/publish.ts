import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { MESSAGE_HELP, readMessage } from '../message.js';
import { fail, note, paint, print } from '../output.js';
import { during } from '../progress.js';

const EXAMPLES = `
Examples:
  $ atom publish order.placed '{"orderId":"o1","amount":8.4}'
  $ atom publish order.placed @event.json
  $ atom publish cache.flush                     an event without a message
  $ atom publish order.placed @event.json --durable --key o1 --redis redis://10.0.0.5:6379

One instance of each service that listens gets it, or every instance where delivery is 'broadcast'. The receipt
says how many. Who listens to one publishing service only (\`from\`) does not hear what the command line publishes:
\`atom signal\` reaches it. With --durable it is kept in the services' Redis until each service that listens durably has
handled it, also those that do not run now. Ends with 3 when nobody listens, with 1 when somebody could not take it.
`;

interface Receipt {
  readonly topic: string;
  readonly services: number;
  readonly instances: number;
  readonly dropped: number;
  /** Of a durable one: what the handlers see as \`context.durable.id\`. */
  readonly id?: string;
  /** Services that listen to the topic, but only when another service publishes it. */
  readonly deaf: readonly { readonly service: string; readonly from: string }[];
}

export function registerPublish(program: Command): void {
  program
    .command('publish')
    .summary('publish an event to whoever listens')
    .description('Publishes an event and prints how many services and instances it went to.')
    .argument('<topic>', "an exact topic, such as 'order.placed'")
    .argument('[json]', MESSAGE_HELP)
    .option('--durable', 'keep it in Redis (--redis, ATOM_REDIS_URL) until it is handled')
    .option('--key <key>', 'of a durable one: events of one key are handled in order')
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, given: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { durable?: true; key?: string }>();
      const durable = durably(options);
      const { topicProblem } = await import('../../../lib/metadata/names.js');
      const problem = topicProblem(topic);
      if (problem !== undefined) fail(problem, '', EXIT.USAGE);
      const data = await readMessage(given);
      const { withMesh } = await import('../mesh.js');
      const { listenersOf } = await import('../offers.js');
      const receipt = await withMesh(options, { announced: true }, async (mesh): Promise<Receipt> => {
        await mesh.quiet();
        const publishing = mesh.client.publish(topic, data, durable);
        const sent = await during(`publishing ${topic}`, publishing).catch(notKept);
        const deaf = listenersOf(mesh.entries(), topic).flatMap(({ service, from }) =>
          from === undefined || service === '' ? [] : [{ service, from }],
        );
        return { topic, ...sent, deaf };
      });
      print(receipt, { json: options.json, table: receiptText });
      if (receipt.dropped > 0) process.exitCode = EXIT.FAILED;
      else if (receipt.services === 0) process.exitCode = EXIT.NOBODY;
      if (receipt.services === 0 && !options.json) explain(receipt);
    });
}

/** How it is to be kept; undefined: it is not. */
function durably({ durable, key, redis, timeout }: GlobalOptions & { durable?: true; key?: string }) {
  if (durable === undefined) {
    if (key !== undefined) fail('--key is for durable events', 'add --durable', EXIT.USAGE);
    return undefined;
  }
  if (redis === undefined && !process.env.ATOM_REDIS_URL) {
    const mend = 'give the Redis of the services: --redis redis://host:6379, or ATOM_REDIS_URL';
    fail('Durable events are kept in Redis, and none is given', mend, EXIT.USAGE);
  }
  return {
    durable: true,
    ...(key === undefined ? {} : { key }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

async function notKept(thrown: unknown): Promise<never> {
  const { AtomError } = await import('../../../lib/errors.js');
  const { code, message } = AtomError.from(thrown);
  return fail(message, '', code === 'UNAVAILABLE' ? EXIT.NOBODY : EXIT.FAILED);
}

function receiptText({ topic, services, instances, dropped, id }: Receipt): string {
  if (id !== undefined && services === 0) return `${topic}: no service listens durably, so it was not kept`;
  if (id !== undefined) return `${topic}: kept for ${count(services, 'service')}, event ${id}`;
  if (services === 0) return `${topic}: nobody listens`;
  const lines = [`${topic}: sent to ${count(services, 'service')}, ${count(instances, 'instance')}`];
  if (dropped > 0)
    lines.push(
      paint('red', `${count(dropped, 'instance')} could not take it: too much waits for it already`),
    );
  return lines.join('\n');
}

function explain({ deaf, topic }: Receipt): void {
  for (const { service, from } of deaf) {
    note(
      `${service} listens to it when ${from} publishes it: \`atom signal ${service} ${topic} …\` reaches it`,
    );
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
