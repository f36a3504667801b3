import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { readMessage } from '../message.js';
import type { Mesh } from '../mesh.js';
import { fail, paint, print } from '../output.js';
import { during } from '../progress.js';
import { cell, table } from '../table.js';

const EXAMPLES = `
Examples:
  $ atom broadcast '@shop/stock:::price.changed:::{"sku":"tea","price":4.5}'
  $ atom broadcast '@shop/cache:::flush'
  $ atom broadcast '@shop/stock:::price.changed:::@event.json'     '-' reads standard input

Sends a signal to each instance of the service and prints what became of each.
Ends with 1 when one of them did not take it, with 3 when there is none.
`;

interface Receipt {
  readonly instance: string;
  readonly accepted: boolean;
  /** Why not. */
  readonly error?: string;
  readonly code?: string;
}

export function registerBroadcast(program: Command): void {
  program
    .command('broadcast')
    .summary('send an event to each instance of a service')
    .description('Sends a signal to each instance of a service.')
    .argument(
      '<payload>',
      "'@namespace/name:::topic:::json' ('|||' will do as well); the json may be left out",
    )
    .addHelpText('after', EXAMPLES)
    .action(async (payload: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { service, topic, message } = await parse(payload);
      const data = await readMessage(message);
      const { withMesh } = await import('../mesh.js');
      const receipts = await withMesh(options, {}, async (mesh) => {
        await mesh.quiet();
        const ids = mesh
          .entries()
          .filter(
            ({ record, state }) =>
              state === 'routable' && record.services.some(({ name }) => name === service),
          )
          .map(({ record }) => record.id);
        if (ids.length === 0) await nobody(mesh, service);
        const sent = ids.map((instance) => send(mesh, service, topic, data, instance, options.timeout));
        return during(`sending to ${ids.length} instances of ${service}`, Promise.all(sent));
      });
      const accepted = receipts.filter((receipt) => receipt.accepted).length;
      print(
        { service, topic, accepted, instances: receipts },
        { json: options.json, table: ({ instances }) => receiptsText(service, topic, instances) },
      );
      if (accepted < receipts.length) process.exitCode = EXIT.FAILED;
    });
}

const FORM = "Write it as '@namespace/name:::topic:::{…}'.";

async function parse(
  payload: string,
): Promise<{ service: string; topic: string; message: string | undefined }> {
  const { parseTarget, serviceNameProblem, topicProblem } = await import('../../../lib/metadata/names.js');
  const { service, topic: rest } = parseTarget(payload);
  if (service === undefined) {
    fail(
      `'${payload}' does not name both a service and a topic`,
      `${FORM} The JSON may be left out.`,
      EXIT.USAGE,
    );
  }
  const { service: topic = rest, topic: message } = parseTarget(rest);
  const problem = serviceNameProblem(service) ?? topicProblem(topic);
  if (problem !== undefined) fail(problem, FORM, EXIT.USAGE);
  return { service, topic, message: topic === rest ? undefined : message };
}

async function nobody(mesh: Mesh, service: string): Promise<never> {
  const { meant } = await import('../meant.js');
  return fail(`no instance of ${service} is there`, meant(service, mesh.services()), EXIT.NOBODY);
}

async function send(
  mesh: Mesh,
  service: string,
  topic: string,
  data: unknown,
  instance: string,
  timeout: number | undefined,
): Promise<Receipt> {
  try {
    await mesh.client.signal(service, topic, data, {
      instance,
      ...(timeout === undefined ? {} : { timeout }),
    });
    return { instance, accepted: true };
  } catch (thrown) {
    const { errorView } = await import('../answers.js');
    const { code, message } = errorView(thrown);
    return { instance, accepted: false, code, error: message };
  }
}

function receiptsText(service: string, topic: string, receipts: readonly Receipt[]): string {
  const rows = receipts.map(({ instance, accepted, error = '' }) => [
    instance.slice(0, 12),
    accepted ? paint('green', 'accepted') : paint('red', 'refused'),
    cell(error),
  ]);
  const taken = receipts.filter(({ accepted }) => accepted).length;
  return [
    table([{ title: 'INSTANCE' }, { title: 'RECEIPT' }, { title: '' }], rows),
    '',
    `${topic}: accepted by ${taken} of ${receipts.length} instances of ${service}`,
  ].join('\n');
}
