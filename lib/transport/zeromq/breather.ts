/** Messages that one socket may read in one turn of the event loop. */
const PER_TURN = 32;

/**
 * What a socket's reader waits for after each message. Mostly for the promises that the message has fulfilled: what
 * they send leaves before the next read is begun. After many messages for the next turn of the event loop: a socket
 * on which messages always wait would be read before anything else in the process runs.
 */
export class Breather {
  private count = 0;
  private resume = (): void => {};
  private readonly wait = (resolve: () => void): void => {
    this.resume = resolve;
    if (++this.count < PER_TURN) process.nextTick(this.tick);
    else setImmediate(this.turn);
  };
  private readonly tick = (): void => this.resume();
  private readonly turn = (): void => {
    this.count = 0;
    this.resume();
  };

  next(): Promise<void> {
    return new Promise(this.wait);
  }
}
