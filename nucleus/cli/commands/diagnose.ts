import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { atomOptions, type GlobalOptions } from '../global-options.js';
import { unlessInterrupted } from '../interrupt.js';
import { print } from '../output.js';
import { progress } from '../progress.js';

/** How long one check may take, ms. */
const PATIENCE = 10_000;

const HELP = `
Examples:
  $ atom diagnose
  $ atom diagnose --json | jq '.findings[] | select(.level == "problem")'
  $ atom diagnose --redis redis://10.0.0.5:6379     with what the services are started with
  $ atom diagnose --timeout 3000                    no check longer than this; default 10,000 ms

It looks at this machine (Node, ZeroMQ, variables, ports), the ways to other services (multicast, Redis,
the nucleus), every instance that they tell of (asked where it says that it is), and the project in this
folder (copies of packages, tsconfig.json). It changes nothing and announces nothing.
The exit code is 1 when there is a problem.
`;

/** `atom diagnose`: finds what is wrong, and how to mend it. */
export function registerDiagnose(program: Command): void {
  program
    .command('diagnose')
    .summary('find what is wrong, and how to mend it')
    .description('Finds what is wrong, and says how to mend it.')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      await diagnose(command.optsWithGlobals<GlobalOptions>());
    });
}

async function diagnose(options: GlobalOptions): Promise<void> {
  const { CHECKS } = await import('../diagnose/checks.js');
  const { contextOf } = await import('../diagnose/context.js');
  const { reportOf, reportText } = await import('../diagnose/report.js');
  const { runChecks } = await import('../diagnose/run-checks.js');

  const context = contextOf(atomOptions(options), process.env, process.cwd());
  const left = new Set(CHECKS.map(({ name }) => name));
  const waiting = progress('looking');
  const findings = await unlessInterrupted(
    runChecks(CHECKS, context, {
      timeout: options.timeout ?? PATIENCE,
      ended: ({ name }) => {
        left.delete(name);
        waiting.tell(`looking at ${[...left].join(', ')}`);
      },
    }),
  ).finally(() => waiting.done());
  const report = reportOf(findings);
  const { isTTY, columns } = process.stdout;
  print(report, { ...options, table: () => reportText(report, isTTY ? columns : undefined) });
  process.exitCode = report.problems > 0 ? EXIT.FAILED : EXIT.OK;
}
