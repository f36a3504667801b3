/** A timer that a {@link Clock} handed out. */
export interface Timer {
  /** Stops the timer; harmless when it has fired already. */
  cancel(): void;
}

/**
 * Time as the core sees it. Nothing below the entry points reads the system's clock directly, so that a
 * whole mesh can run on a fake one.
 */
export interface Clock {
  /** Monotonic time in milliseconds, with fractions; its zero is arbitrary and it never jumps. */
  now(): number;
  /** Wall-clock time in milliseconds since 1970, for people to read; never for measuring. */
  wallTime(): number;
  /** Calls `callback` once after `ms` milliseconds. The timer does not keep the process alive. */
  after(ms: number, callback: () => void): Timer;
}

/** A number in [0, 1), as `Math.random` gives. */
export type Random = () => number;

/** The machine's clock: `process.hrtime` (CLOCK_MONOTONIC), unreferenced timers. */
export const systemClock: Clock = {
  now: () => performance.now() + ORIGIN,
  wallTime: () => Date.now(),
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** `performance.now()` counts from the process's start; the wire needs the host's monotonic clock. */
const ORIGIN = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now();
