import { createInterface } from 'node:readline';

/** The machine's monotonic clock, ms: the same for all processes. */
export function monotonic(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Calls `obey` with each line of the standard input, split at spaces. */
export function onCommand(obey: (words: readonly string[]) => void): void {
  createInterface({ input: process.stdin }).on('line', (line) => obey(line.split(' ')));
}
