import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { wholeNumber, type GlobalOptions } from '../global-options.js';
import { unlessInterrupted } from '../interrupt.js';
import type { Mesh } from '../mesh.js';
import { print } from '../output.js';
import { during } from '../progress.js';
import type { Look } from '../top-screen.js';
import type { Sample } from '../traffic.js';

const EXAMPLES = `
Examples:
  $ atom top                      live, every second
  $ atom top '@shop/*'            services of one namespace; a part of a name will do as well
  $ atom top --once               one look at the last second, and the end
  $ atom top --once --json | jq '.rows[] | {service, name, perSecond}'

Keys: q quits, s sorts by rate, errors, latency or name, / filters, ↑ ↓ scroll.

Each instance is asked for its $stats. Rates are of the last interval; latencies are of the handlers, since the
instance started, the slowest instance's where there are several. Where the output is no terminal, --once is implied.
`;

interface TopOptions extends GlobalOptions {
  readonly once?: boolean;
  readonly interval?: number;
}

/** A poll waits no longer for an instance that does not answer, ms. */
const PATIENCE = 900;

export function registerTop(program: Command): void {
  program
    .command('top')
    .summary('a live screen of rates, latencies and errors')
    .description('Shows the traffic of each operation and subscription, live.')
    .argument('[pattern]', "a part of a service's name, or a name with '*'")
    .option('--once', 'look once, print, and end')
    .option('--interval <ms>', 'between two looks (default: 1000)', wholeNumber(100))
    .addHelpText('after', EXAMPLES)
    .action(async (pattern: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<TopOptions>();
      const interval = options.interval ?? 1000;
      const { withMesh } = await import('../mesh.js');
      await withMesh(options, {}, async (mesh) => {
        await mesh.quiet();
        const look = await lookingAt(mesh, pattern, options.timeout ?? PATIENCE);
        const isLive = process.stdout.isTTY && process.stdin.isTTY && !options.once && !options.json;
        if (isLive) {
          const { liveScreen } = await import('../top-screen.js');
          await liveScreen(look, interval);
        } else await once(look, interval, options.json);
      });
    });
}

async function once(look: () => Promise<Look>, interval: number, json: boolean | undefined): Promise<void> {
  const { arranged, summaryLine, trafficTable } = await import('../top-view.js');
  const { rows, summary } = await during('measuring', twice(look, interval));
  print(
    { ...summary, rows: arranged(rows, 'rate', '') },
    { json, table: ({ rows }) => [summaryLine(rows, summary), '', trafficTable(rows)].join('\n') },
  );
  if (summary.instances === 0) process.exitCode = EXIT.NOBODY;
}

/** The second of two looks, `interval` ms apart. */
async function twice(look: () => Promise<Look>, interval: number): Promise<Look> {
  await look();
  await unlessInterrupted(new Promise((resolve) => setTimeout(resolve, interval)));
  return look();
}

/** A function that asks every instance for its stats, and tells what has happened since the last time. */
async function lookingAt(
  mesh: Mesh,
  pattern: string | undefined,
  timeout: number,
): Promise<() => Promise<Look>> {
  const { Traffic } = await import('../traffic.js');
  const { collectStats, instancesOf } = await import('../describe.js');
  const { matcher } = await import('../pattern.js');
  const traffic = new Traffic();
  const matches = pattern === undefined ? () => true : matcher(pattern);
  return async () => {
    const told = await Promise.all(
      mesh
        .services()
        .filter(matches)
        .map(async (service) => {
          const stats = await collectStats(mesh, service, instancesOf(mesh, service), timeout);
          return stats.map((instance) => ({ ...instance, service, at: performance.now() }));
        }),
    );
    const instances = new Set<string>();
    const answered = new Set<string>();
    const samples: Sample[] = [];
    for (const { entry, stats, service, at } of told.flat()) {
      const { id } = entry.record;
      instances.add(id);
      if (stats === undefined) continue;
      answered.add(id);
      samples.push({ at, instance: id, service, stats });
    }
    const silent = instances.size - answered.size;
    return {
      rows: traffic.next(samples),
      summary: { environment: mesh.environment, instances: instances.size, silent },
    };
  };
}
