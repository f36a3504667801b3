import type { Clock, Timer } from '../../nucleus/clock.js';
import type { FakeClock } from '../../lib/testing/fake-clock.js';

/**
 * The clock of one process: the world's, from a zero of its own. What falls due while the process is frozen happens
 * when it goes on; once it is dead, nothing does.
 */
export class HostClock implements Clock {
  private state: 'running' | 'frozen' | 'dead' = 'running';
  private held: (() => void)[] = [];
  private timers = 0;

  constructor(
    private readonly world: FakeClock,
    /** What its monotonic clock is ahead of the world's, ms. */
    readonly offset: number,
  ) {}

  /** Timers that are set. */
  get pending(): number {
    return this.timers;
  }

  get isFrozen(): boolean {
    return this.state === 'frozen';
  }

  get isDead(): boolean {
    return this.state === 'dead';
  }

  now(): number {
    return this.world.now() + this.offset;
  }

  wallTime(): number {
    return this.world.wallTime();
  }

  after(ms: number, callback: () => void): Timer {
    let pending = true;
    const end = (): boolean => {
      const was = pending;
      pending = false;
      if (was) this.timers--;
      return was;
    };
    this.timers++;
    const timer = this.world.after(ms, () => {
      this.run(() => {
        if (end()) callback();
      });
    });
    return {
      cancel: () => {
        if (end()) timer.cancel();
      },
    };
  }

  /** Has something happen to the process: now, or when it goes on. */
  run(happen: () => void): void {
    if (this.state === 'running') happen();
    else if (this.state === 'frozen') this.held.push(happen);
  }

  freeze(): void {
    if (this.state === 'running') this.state = 'frozen';
  }

  /** Gives what has happened meanwhile, in order, each to be done in a turn of its own. */
  thaw(): readonly (() => void)[] {
    if (this.state !== 'frozen') return [];
    this.state = 'running';
    const { held } = this;
    this.held = [];
    return held;
  }

  kill(): void {
    this.state = 'dead';
    this.held = [];
  }
}
