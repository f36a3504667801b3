import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { NotPossible } from './check.js';

const TRIAL = fileURLToPath(new URL('./addon-trial.js', import.meta.url));
const PATIENCE = 8000;

let trial: Promise<string | undefined> | undefined;

/** Why ZeroMQ's addon does not work here; undefined when it does. Tried once for all checks. */
export function addonProblem(): Promise<string | undefined> {
  trial ??= new Promise((resolve) => {
    execFile(process.execPath, [TRIAL], { timeout: PATIENCE }, (error, _output, complaints) => {
      if (error === null) return resolve(undefined);
      const reason = /^(?:\w*Error|Error \[\w+\]): .*$/m.exec(complaints)?.[0];
      const end = error.signal ? `it was ended by ${error.signal}` : `it ended with code ${error.code}`;
      resolve(reason ?? end);
    });
  });
  return trial;
}

/** Loads what needs the addon. @throws NotPossible where that does not load */
export async function withAddon<T>(load: () => Promise<T>): Promise<T> {
  if ((await addonProblem()) !== undefined) throw new NotPossible('ZeroMQ does not work');
  return load();
}
