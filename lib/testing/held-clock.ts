import { type Clock, systemClock } from '../../nucleus/clock.js';

/**
 * The machine's clock with timers that keep the process alive. A real application's sockets do that; a test's network
 * has none, and the process would end before what a test awaits has come, or has timed out.
 */
export const heldClock: Clock = {
  ...systemClock,
  after(ms, callback) {
    const handle = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};
