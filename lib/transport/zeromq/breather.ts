/** Messages that one socket may read in one turn of the event loop. */
const PER_TURN = 32;

/**
 * What a socket's reader waits for after each message. Mostly for the promises that the message has fulfilled, and for
 * those that wait for them: what they send leaves before the next read is begun. After many messages for the next
 * turn of the event loop: a socket on which messages always wait would be read before anything else in the process runs.
 */
export class Breather {
  private count = 0;

  async next(): Promise<void> {
    if (++this.count < PER_TURN) {
      await Promise.resolve();
      await Promise.resolve();
    } else {
      this.count = 0;
      await new Promise(setImmediate);
    }
  }
}
