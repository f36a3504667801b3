/**
 * Preloaded (`--import`) where there is no libfaketime: the wall clock of this process is off by what the file named in
 * `CHAOS_SHIFT` says, in seconds, looked at each quarter of a second.
 */
import { readFileSync } from 'node:fs';

let shift = 0;
const real = Date.now.bind(Date);
const read = (): void => {
  try {
    shift = Number(readFileSync(process.env.CHAOS_SHIFT ?? '', 'utf8')) * 1000 || 0;
  } catch {
    // It is being written.
  }
};
setInterval(read, 250).unref();
read();
Date.now = () => real() + shift;
