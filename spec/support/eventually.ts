import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `check` neither throws nor gives false, and gives what it gave. The wait is bounded by
 * `within` ms (default 5,000); then the last failure is thrown.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { within = 5000, every = 10, what = '' }: { within?: number; every?: number; what?: string } = {},
): Promise<Exclude<T, false>> {
  const end = performance.now() + within;
  for (;;) {
    let failure: unknown;
    try {
      const value = await check();
      if (value !== false) return value as Exclude<T, false>;
      failure = new Error(`still false after ${within} ms${what && `: ${what}`}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) throw failure;
    await sleep(every);
  }
}
