import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readResult, type SuiteResult } from './results.js';
import type { SuiteOptions } from './suite.js';
import { ROOT } from './tree.js';

export interface SuiteProcessOptions extends Omit<SuiteOptions, 'log'> {
  /** The checkout, or a copy of it. */
  readonly root?: string;
  /** Its output is not shown. */
  readonly quiet?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** Specs that note nothing for this long, ms, are stuck in a loop that no timer can end. */
  readonly stuckAfter: number;
}

/** Ends every process of a group; false when there is none. */
function endGroup(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** Runs spec files in a process of their own and gives what it noted, however it ended. */
export async function runSuite({
  root = ROOT,
  quiet = false,
  env = {},
  stuckAfter,
  ...options
}: SuiteProcessOptions): Promise<SuiteResult & { readonly wasStuck: boolean }> {
  const directory = mkdtempSync(join(tmpdir(), 'atom-spec-'));
  const log = join(directory, 'events');
  const suite: SuiteOptions = { ...options, log };
  const shown = quiet ? 'ignore' : 'inherit';
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(root, 'dist/spec/support/suite.js'), JSON.stringify(suite)],
    {
      cwd: root,
      stdio: ['ignore', shown, shown],
      env: { ...process.env, ...env },
      // A process group of its own, so that what specs started can be ended with it.
      detached: true,
    },
  );
  const end = (): boolean => endGroup(child.pid);
  const interrupted = (signal: NodeJS.Signals): void => {
    end();
    process.kill(process.pid, signal);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const started = Date.now();
  let wasStuck = false;
  const watch = setInterval(() => {
    const last = existsSync(log) ? statSync(log).mtimeMs : started;
    if (Date.now() - last > stuckAfter) wasStuck = end();
  }, 1000);
  const exit = await new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`));
  });
  clearInterval(watch);
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  if (end() && !quiet) console.log('Specs left processes behind; they were ended.');
  const result = readResult(log, exit === 'exit code 0', exit);
  rmSync(directory, { recursive: true });
  return { ...result, wasStuck };
}
