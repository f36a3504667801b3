import { createInterface } from 'node:readline';
import type { AtomOptions } from 'atomjs';

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

/** Options for what no variable of the framework says: ioredis options as JSON in `CHAOS_REDIS`, such as a Sentinel's. */
export function givenRedis(): AtomOptions {
  const given = process.env.CHAOS_REDIS;
  return given === undefined ? {} : { discovery: { redis: JSON.parse(given) as object } };
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
