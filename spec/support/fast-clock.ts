import { systemClock, type Clock } from '../../nucleus/clock.js';

/** The system's clock, `factor` times as fast: for what would take long and must meet real sockets. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now() * factor,
    wallTime: () => systemClock.wallTime(),
    after: (ms, callback) => systemClock.after(ms / factor, callback),
  };
}
