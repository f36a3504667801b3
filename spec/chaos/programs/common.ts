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

/** Calls `act` as often each second as `rate` says, with the time at which it was due. */
export function openLoad(rate: number, act: (dueAt: number) => void): () => void {
  if (rate === 0) return () => {};
  const started = monotonic();
  let done = 0;
  const timer = setInterval(() => {
    const count = ((monotonic() - started) * rate) / 1000;
    while (done < count) act(started + (done++ * 1000) / rate);
  }, 1);
  return () => clearInterval(timer);
}
