import type { Clock } from './clock.js';

/** Remembers who said goodbye: 10 minutes long, 10,000 at most, the oldest forgotten first. */
export class Tombstones {
  private readonly buried = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  add(instance: string): void {
    this.buried.delete(instance);
    this.buried.set(instance, this.clock.now());
    for (const [oldest, at] of this.buried) {
      if (this.buried.size <= MAX_TOMBSTONES && this.clock.now() - at < TOMBSTONE_MS) break;
      this.buried.delete(oldest);
    }
  }

  has(instance: string): boolean {
    const at = this.buried.get(instance);
    return at !== undefined && this.clock.now() - at < TOMBSTONE_MS;
  }
}

/** Far longer than any source repeats what it once heard: a lease is 10 s. */
const TOMBSTONE_MS = 600_000;
const MAX_TOMBSTONES = 10_000;
