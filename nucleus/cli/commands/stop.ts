import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import type { GlobalOptions } from '../global-options.js';
import { fail, print } from '../output.js';

const EXAMPLES = `
Examples:
  $ atom stop
  $ atom stop --timeout 60000     its Redis may have much to write; default 20,000 ms
  $ atom stop; atom start         another nucleus in its place

Services go on without it, and are known to the next one.
`;

/** A nucleus ends within a few seconds, its Redis included, ms. */
const PATIENCE = 20_000;
const STEP = 30;

export function registerStop(program: Command): void {
  program
    .command('stop')
    .summary('end the nucleus')
    .description('Ends the nucleus of this user, and waits until it has ended. Exit code 3 when none runs.')
    .addHelpText('after', EXAMPLES)
    .action(async (_: unknown, command: Command) => {
      const { json, timeout = PATIENCE } = command.optsWithGlobals<GlobalOptions>();
      const { DaemonFiles } = await import('../daemon-files.js');
      const { processMark } = await import('../../process-mark.js');
      const { progress } = await import('../progress.js');
      const { unlessInterrupted } = await import('../interrupt.js');
      const note = new DaemonFiles().running();
      if (note === undefined) fail('No nucleus runs', 'atom start starts one', EXIT.NOBODY);
      const { pid, mark } = note;
      const waiting = progress(`waiting for the nucleus (pid ${pid}) to end`);
      try {
        process.kill(pid, 'SIGTERM');
        const end = performance.now() + timeout;
        while (processMark(pid) === mark) {
          if (performance.now() > end) {
            fail(`The nucleus (pid ${pid}) does not end`, `kill -9 ${pid} ends it at once`, EXIT.FAILED);
          }
          await unlessInterrupted(new Promise((resolve) => setTimeout(resolve, STEP)));
        }
      } finally {
        waiting.done();
      }
      print({ stopped: true, pid }, { json, table: () => `The nucleus (pid ${pid}) has ended.` });
    });
}
