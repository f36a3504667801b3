/** Messages that one socket may read in one turn of the event loop. */
const PER_TURN = 32;

/**
 * A socket on which messages always wait is read from one promise to the next, up to a thousand, before anything
 * else in the process runs. This makes its reader wait for the next turn earlier.
 */
export class Breather {
  private count = 0;

  /** Called for each message; gives what to wait for, mostly nothing. */
  next(): Promise<void> | undefined {
    if (++this.count < PER_TURN) return undefined;
    this.count = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
