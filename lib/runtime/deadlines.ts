import type { Clock, Timer } from '../../nucleus/clock.js';

/** Deadlines are kept in buckets this wide, ms; one fires at most this late. */
const RESOLUTION = 5;
/** The timer is set at most this far ahead, ms: the system's own cannot wait longer. */
const MAX_WAIT = 2 ** 31 - 1;

/** Something that has a deadline. */
export interface Expiring {
  /** Called once when the deadline has passed, unless it was removed before. */
  expire(): void;
}

/**
 * Many deadlines on one timer. Adding and removing cost a set operation each: nearly every request
 * is answered in time, so its deadline is only ever added and removed.
 */
export class Deadlines {
  private readonly buckets = new Map<number, Set<Expiring>>();
  private timer: Timer | undefined;
  /** The bucket that the timer waits for. */
  private next = Infinity;

  constructor(private readonly clock: Clock) {}

  /** Has `item` expire at `deadline` (on the clock, ms); gives what `remove` wants. */
  add(item: Expiring, deadline: number): number {
    const key = Math.ceil(deadline / RESOLUTION);
    const bucket = this.buckets.get(key);
    if (bucket === undefined) this.buckets.set(key, new Set([item]));
    else bucket.add(item);
    if (key < this.next) this.wait(key);
    return key;
  }

  remove(item: Expiring, key: number): void {
    const bucket = this.buckets.get(key);
    if (bucket === undefined) return;
    bucket.delete(item);
    // The timer is left alone: it finds the next bucket when it fires.
    if (bucket.size === 0) this.buckets.delete(key);
  }

  close(): void {
    this.timer?.cancel();
    this.buckets.clear();
    this.next = Infinity;
  }

  private wait(key: number): void {
    this.timer?.cancel();
    this.next = key;
    const ms = key * RESOLUTION - this.clock.now();
    this.timer = this.clock.after(Math.min(MAX_WAIT, Math.max(0, ms)), this.fire);
  }

  private readonly fire = (): void => {
    this.next = Infinity;
    const now = Math.floor(this.clock.now() / RESOLUTION);
    let earliest = Infinity;
    const due: number[] = [];
    for (const key of this.buckets.keys()) {
      if (key <= now) due.push(key);
      else if (key < earliest) earliest = key;
    }
    for (const key of due.sort((a, b) => a - b)) {
      const bucket = this.buckets.get(key);
      if (bucket === undefined) continue;
      // One that expires may end others of its bucket; what is added meanwhile waits for the next round.
      for (const item of [...bucket]) if (bucket.delete(item)) item.expire();
      if (bucket.size === 0 && this.buckets.get(key) === bucket) this.buckets.delete(key);
    }
    if (earliest < this.next) this.wait(earliest);
  };
}
