import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { print } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom status                   with the address of the dashboard, its token in it
  $ atom status --json | jq -r .dashboard
  $ atom status > /dev/null || atom start
`;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('whether a nucleus runs, what it chose, and the address of its page')
    .description(
      'Tells whether a nucleus of this user runs, what it keeps the registry in, and the address of its page. ' +
        'Exit code 3 when none runs.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const { json, timeout } = command.optsWithGlobals<GlobalOptions>();
      const { DaemonFiles } = await import('../daemon-files.js');
      const { daemonStatus, statusText } = await import('../daemon-status.js');
      const status = await daemonStatus(new DaemonFiles(), timeout);
      print(status, { json, table: statusText });
      if (!status.running) process.exitCode = EXIT.NOBODY;
    });
}
