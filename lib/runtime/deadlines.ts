import type { Clock, Timer } from '../../nucleus/clock.js';

/** Deadlines are kept in buckets this wide, ms; one fires at most this late. */
const RESOLUTION = 5;
/** The timer is set at most this far ahead, ms: the system's own cannot wait longer. */
const MAX_WAIT = 2 ** 31 - 1;

/** What expires within the same few milliseconds. */
interface Bucket {
  readonly key: number;
  readonly items: Expiring[];
}

/** Something that has a deadline. */
export interface Expiring {
  /** Where it is kept; written by `Deadlines`. */
  bucket?: Bucket | undefined;
  place?: number;
  /** Called once when the deadline has passed, unless it was removed before. */
  expire(): void;
}

/**
 * Many deadlines on one timer. Nearly every request is answered in time, so its deadline is only ever added and
 * removed: both cost a write to an array.
 */
export class Deadlines {
  private readonly buckets = new Map<number, Bucket>();
  private timer: Timer | undefined;
  /** The bucket that the timer waits for. */
  private next = Infinity;

  constructor(private readonly clock: Clock) {}

  /** Has `item`, which is not here yet, expire at `deadline` (on the clock, ms). */
  add(item: Expiring, deadline: number): void {
    const key = Math.ceil(deadline / RESOLUTION);
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = { key, items: [] };
      this.buckets.set(key, bucket);
    }
    item.bucket = bucket;
    item.place = bucket.items.length;
    bucket.items.push(item);
    if (key < this.next) this.wait(key);
  }

  /** Nothing happens when it is not here. */
  remove(item: Expiring): void {
    const { bucket } = item;
    if (bucket === undefined) return;
    item.bucket = undefined;
    const { items } = bucket;
    const last = items.pop()!;
    if (last !== item) {
      items[item.place!] = last;
      last.place = item.place!;
    }
    // The timer is left alone: it finds the next bucket when it fires.
    if (items.length === 0 && this.buckets.get(bucket.key) === bucket) this.buckets.delete(bucket.key);
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
      this.buckets.delete(key);
      for (let item = bucket.items[0]; item !== undefined; item = bucket.items[0]) {
        this.remove(item);
        item.expire();
      }
    }
    if (earliest < this.next) this.wait(earliest);
  };
}
