import type { Clock, Timer } from '../../nucleus/clock.js';

/** How often connections are looked after, ms. */
export const PULSE = 250;
/** A beat that comes this long after the one before was held up, ms. */
const HELD_UP = 3 * PULSE;

/** Called at each pulse. `trusted` is false when this process itself was held up: silence then proves nothing. */
export type Beat = (now: number, trusted: boolean) => void;

/** One timer for all connections. */
export class Pulse {
  private readonly beats = new Set<Beat>();
  private timer: Timer | undefined;
  private last = 0;

  constructor(private readonly clock: Clock) {}

  add(beat: Beat): void {
    this.beats.add(beat);
    if (this.timer === undefined) {
      this.last = this.clock.now();
      this.timer = this.clock.after(PULSE, this.tick);
    }
  }

  remove(beat: Beat): void {
    this.beats.delete(beat);
    if (this.beats.size === 0) {
      this.timer?.cancel();
      this.timer = undefined;
    }
  }

  private readonly tick = (): void => {
    const now = this.clock.now();
    const trusted = now - this.last < HELD_UP;
    this.last = now;
    this.timer = this.clock.after(PULSE, this.tick);
    for (const beat of this.beats) beat(now, trusted);
  };
}
