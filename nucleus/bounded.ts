import type { Clock, Timer } from './clock.js';

/** Waits for `promise`, at most `ms`. Gives whether it was in time; its failure is thrown if it was. */
export async function bounded(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<false>((resolve) => {
    timer = clock.after(ms, () => resolve(false));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    timer?.cancel();
  }
}
