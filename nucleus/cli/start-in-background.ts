import { fork } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DaemonAnswer } from './daemon-answer.js';
import type { DaemonFiles } from './daemon-files.js';
import type { DaemonFlags } from './daemon-options.js';
import { unlessInterrupted } from './interrupt.js';
import { progress } from './progress.js';

/** It lives long and makes little garbage at a time: room for more of it would only be memory that is held, 25 MB. */
const V8_OPTIONS = ['--max-semi-space-size=2'];

/** Starts the nucleus as a process of its own, which outlives this one, and waits for its word. @throws Failure when its files cannot be kept */
export async function startInBackground(
  flags: DaemonFlags,
  files: DaemonFiles,
  timeout: number,
): Promise<DaemonAnswer> {
  files.prepare();
  const log = files.openLog();
  const child = fork(fileURLToPath(new URL('./daemon-main.js', import.meta.url)), [JSON.stringify(flags)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    cwd: files.home,
    env: { ...process.env, ATOM_HOME: files.home },
    execArgv: V8_OPTIONS,
  });
  closeSync(log);
  const waiting = progress('starting the nucleus');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await unlessInterrupted(
      new Promise<DaemonAnswer>((resolve) => {
        const failed = (message: string): void => resolve({ failure: { message } });
        child.once('message', (answer) => resolve(answer as DaemonAnswer));
        child.once('error', (error) => failed(error.message));
        child.once('exit', (code, signal) => failed(`it ended (${signal ?? code}): ${lastLine(files.log)}`));
        timer = setTimeout(() => {
          child.kill('SIGTERM');
          failed(`it did not start within ${timeout} ms`);
        }, timeout);
      }),
    );
  } finally {
    clearTimeout(timer);
    waiting.done();
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '';
  } catch {
    return '';
  }
}
