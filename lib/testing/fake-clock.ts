import type { Clock, Timer } from '../../nucleus/clock.js';

interface PendingTimer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told to. It starts at 0 (wall clock: 2026-01-01T00:00:00Z, or `wallTime`)
 * and fires timers in the order of their due times, equal ones in the order in which they were set.
 */
export class FakeClock implements Clock {
  private time = 0;
  private wallOffset: number;
  private readonly timers: PendingTimer[] = [];

  constructor({ wallTime = Date.UTC(2026, 0, 1) }: { wallTime?: number } = {}) {
    this.wallOffset = wallTime;
  }

  /** How many timers wait: 0 proves that nothing was left behind. */
  get pending(): number {
    return this.timers.length;
  }

  now(): number {
    return this.time;
  }

  wallTime(): number {
    return this.wallOffset + this.time;
  }

  after(ms: number, callback: () => void): Timer {
    const timer: PendingTimer = { due: this.time + Math.max(0, ms), callback };
    this.timers.splice(this.placeOf(timer.due), 0, timer);
    return {
      cancel: () => {
        const at = this.timers.indexOf(timer);
        if (at >= 0) this.timers.splice(at, 1);
      },
    };
  }

  /**
   * Moves time on by `ms` and fires each timer that falls due on the way, at its own time; timers set
   * meanwhile count too. Promises and `setImmediate` callbacks settle before the first timer, between timers
   * and at the end. What a timer throws is thrown here.
   */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await this.settle();
    while (this.step(end)) await this.settle();
    this.time = Math.max(this.time, end);
  }

  /**
   * Moves time on to the next timer, if it falls due by `until`, and fires that one: for who settles promises in a way of
   * his own. False when there is none; time stands still then.
   */
  step(until = Infinity): boolean {
    const next = this.timers[0];
    if (next === undefined || next.due > until) return false;
    this.timers.shift();
    this.time = Math.max(this.time, next.due);
    next.callback();
    return true;
  }

  /** Lets promises and `setImmediate` callbacks that are ready run; time stands still. */
  async settle(): Promise<void> {
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Jumps the wall clock by `ms`, as an administrator or NTP does; `now()` and timers do not notice. */
  jumpWallTime(ms: number): void {
    this.wallOffset += ms;
  }

  private placeOf(due: number): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.timers[middle]?.due ?? Infinity) <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Enough for a request over memory: to be gathered, delivered, answered, gathered, delivered, and resolved. */
const SETTLE_ROUNDS = 8;
