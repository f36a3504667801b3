/** The smallest offset is kept for between one and two of these, ms, so that drifting clocks do no harm. */
const WINDOW = 60_000;

/**
 * Another process's monotonic clock, seen from here. Each batch says when it was sent; the smallest
 * difference to its arrival is the offset of the clocks plus the shortest way. A message that waited, in a
 * buffer or in a frozen process, shows a larger difference and so does not move its deadline.
 * (Minimum filter, as in NTP's clock filter, RFC 5905, section 10.)
 */
export class PeerClock {
  private current = Infinity;
  private previous = Infinity;
  private windowStart = -Infinity;

  /** Notes a batch that was sent at `sentAt` on the peer's clock and arrived at `now` on this one. */
  heard(sentAt: number, now: number): void {
    if (now - this.windowStart > WINDOW) {
      this.windowStart = now;
      this.previous = this.current;
      this.current = Infinity;
    }
    const offset = now - sentAt;
    if (offset < this.current) this.current = offset;
  }

  /** A time on the peer's clock as a time on this one. */
  toLocal(peerTime: number): number {
    return peerTime + Math.min(this.current, this.previous);
  }
}
