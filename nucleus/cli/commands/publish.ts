import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { MESSAGE_HELP, readMessage } from '../message.js';
import { fail, note, paint, print } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom publish order.placed '{"orderId":"o1","amount":8.4}'
  $ atom publish order.placed @event.json
  $ atom publish cache.flush                     an event without a message

One instance of each service that listens gets it, or every instance where delivery is 'broadcast'. The receipt
says how many. Who listens to one publishing service only (\`from\`) does not hear what the command line publishes:
\`atom signal\` reaches it. Ends with 3 when nobody listens, with 1 when somebody could not take it.
`;

interface Receipt {
  readonly topic: string;
  readonly services: number;
  readonly instances: number;
  readonly dropped: number;
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
    .addHelpText('after', EXAMPLES)
    .action(async (topic: string, given: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { topicProblem } = await import('../../../lib/metadata/names.js');
      const problem = topicProblem(topic);
      if (problem !== undefined) fail(problem, '', EXIT.USAGE);
      const data = await readMessage(given);
      const { withMesh } = await import('../mesh.js');
      const { listenersOf } = await import('../offers.js');
      const receipt = await withMesh(options, { announced: true }, async (mesh): Promise<Receipt> => {
        await mesh.quiet();
        const sent = await mesh.client.publish(topic, data);
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

function receiptText({ topic, services, instances, dropped }: Receipt): string {
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
