import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { MESSAGE_HELP, readMessage } from '../message.js';
import { fail, print } from '../output.js';
import { during } from '../progress.js';

const EXAMPLES = `
Examples:
  $ atom signal '@shop/orders|||payment.completed' '{"orderId":"o1","amount":8.4}'
  $ atom signal @shop/orders payment.completed @event.json
  $ atom signal @shop/cache flush

A signal is an event for one service: one of its instances takes it with its @OnEvent handler, whoever that listens
to. It is acknowledged when it is accepted, before it is handled. \`atom broadcast\` reaches every instance.
Ends with 1 when the service does not take it, with 3 when it is not there.
`;

export function registerSignal(program: Command): void {
  program
    .command('signal')
    .summary('send an event to one service')
    .description('Sends a signal: an event for one service. Prints which instance has accepted it.')
    .usage('<target> [json] [options]')
    .argument('<target>', "'@namespace/name|||topic' (or ':::'), or the service and its topic apart")
    .argument('[topic]', 'the topic, where the target does not name it')
    .argument('[json]', MESSAGE_HELP)
    .addHelpText('after', EXAMPLES)
    .action(async (...args: unknown[]) => {
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      const { readTarget } = await import('../target.js');
      const { topicProblem } = await import('../../../lib/metadata/names.js');
      const { service, what: topic, rest } = readTarget(args.slice(0, 3) as string[], 'topic');
      const problem = topicProblem(topic);
      if (problem !== undefined) fail(problem, '', EXIT.USAGE);
      const data = await readMessage(rest);
      const { withMesh } = await import('../mesh.js');
      const receipt = await withMesh(options, {}, async (mesh) => {
        await mesh.look(service);
        try {
          const sent = mesh.client.signal(service, topic, data, timeoutOf(options));
          return { topic, ...(await during(`sending to ${service}`, sent)) };
        } catch (error) {
          const { callFailed } = await import('../answers.js');
          throw callFailed(error, service);
        }
      });
      print(receipt, {
        json: options.json,
        table: ({ instance }) => `${topic}: accepted by ${service}, instance ${instance.slice(0, 12)}`,
      });
    });
}

function timeoutOf({ timeout }: GlobalOptions): { readonly timeout?: number } {
  return timeout === undefined ? {} : { timeout };
}
