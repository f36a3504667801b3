import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail, print } from '../output.js';
import { during } from '../progress.js';

const EXAMPLES = `
Examples:
  $ atom inspect @shop/orders
  $ atom inspect @shop/orders --json | jq '.versions[0].lexemes.PlaceOrder.schema'
  $ atom inspect @shop/orders --timeout 500     wait at most 500 ms for each instance; default 2,000

Latencies are of the handlers, in ms, since each instance started. Ends with 3 when there is no such service.
`;
const TIMEOUT = 2000;

export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .summary('what a service offers, hears and takes')
    .description(
      'Shows a service: operations, topics, lexemes with their fields, versions, instances and counts.',
    )
    .argument('<service>', "such as '@shop/orders'")
    .addHelpText('after', EXAMPLES)
    .action(async (service: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const timeout = options.timeout ?? TIMEOUT;
      const { withMesh } = await import('../mesh.js');
      const { collectStats, describeVersions, instancesOf } = await import('../describe.js');
      const { inspection, inspectionText } = await import('../inspection.js');
      const { meant } = await import('../meant.js');
      const seen = await withMesh(options, {}, async (mesh) => {
        await mesh.quiet();
        const entries = instancesOf(mesh, service);
        if (entries.length === 0) {
          fail(
            `there is no service '${service}' in environment '${mesh.environment}'`,
            meant(service, mesh.services()) || '`atom diagnose` finds out why nothing is seen.',
            EXIT.NOBODY,
          );
        }
        const asked = Promise.all([
          describeVersions(mesh, service, timeout),
          collectStats(mesh, service, entries, timeout),
        ]);
        const [versions, stats] = await during(`asking ${entries.length} instances`, asked);
        return inspection(service, versions, stats);
      });
      print(seen, { json: options.json, table: inspectionText });
    });
}
