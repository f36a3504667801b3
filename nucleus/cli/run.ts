import { CommanderError, type Command } from 'commander';
import { EXIT, Failure } from './exit-codes.js';
import { interrupt, Interruption } from './interrupt.js';
import { fromOldSpelling } from './old-spellings.js';
import { harmless, note, paint } from './output.js';

/** Runs the command that `args` name. Resolves to the exit code; never rejects. */
export async function run(program: Command, args: readonly string[]): Promise<number> {
  endQuietly();
  const { args: current, advice } = fromOldSpelling(args);
  if (advice !== undefined) note(advice);
  try {
    await program.parseAsync(current, { from: 'user' });
    return Number(process.exitCode ?? EXIT.OK);
  } catch (error) {
    return tell(error);
  }
}

/** Whoever reads the output may have read enough (`atom ps | head`). */
function endQuietly(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interrupt(EXIT.OK);
  });
  // Nobody is left to tell.
  process.stderr.on('error', () => undefined);
}

/** Says on standard error what went wrong. Gives the exit code. */
function tell(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
  if (error instanceof Failure) {
    complain(error.message, error.mend);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'BootstrapError') {
    complain(error.message, '');
    return EXIT.USAGE;
  }
  if (error instanceof Error && error.name === 'ExitPromptError') return EXIT.INTERRUPTED;
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error), '');
  return EXIT.FAILED;
}

function complain(message: string, mend: string): void {
  note(`${paint('red', 'atom:', process.stderr)} ${harmless(message)}`);
  if (mend !== '') note(harmless(mend));
}
