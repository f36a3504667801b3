import type { Clock, Timer } from './clock.js';

/** Resolves after `ms`; rejects as soon as `failed` does. */
export async function waitOrFail(clock: Clock, ms: number, failed: Promise<never>): Promise<void> {
  let timer: Timer | undefined;
  const elapsed = new Promise<void>((resolve) => (timer = clock.after(ms, resolve)));
  try {
    await Promise.race([elapsed, failed]);
  } finally {
    timer?.cancel();
  }
}
