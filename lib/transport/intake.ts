import type { Clock } from '../../nucleus/clock.js';
import { type Batch, decodeBatch, WireError } from '../wire/codec.js';

/** After this many malformed messages within a window, the sender is ignored for as long. */
const TOLERATED = 100;
const WINDOW = 10_000;

/** Decodes what one connection sends; counts and drops what is malformed, and ignores who sends much of it. */
export class Intake {
  private bad = 0;
  private windowStart = 0;
  private ignoreUntil = 0;

  constructor(
    private readonly clock: Clock,
    private readonly count: { malformed: number },
  ) {}

  /** The batch in `frames`; undefined when it is malformed or its sender is being ignored. */
  accept(frames: readonly Buffer[]): Batch | undefined {
    if (this.ignoreUntil !== 0) {
      if (this.clock.now() < this.ignoreUntil) {
        this.count.malformed++;
        return undefined;
      }
      this.ignoreUntil = 0;
    }
    try {
      return decodeBatch(frames);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.note();
      return undefined;
    }
  }

  private note(): void {
    this.count.malformed++;
    const now = this.clock.now();
    if (now - this.windowStart > WINDOW) {
      this.windowStart = now;
      this.bad = 0;
    }
    if (++this.bad >= TOLERATED) {
      this.ignoreUntil = now + WINDOW;
      this.bad = 0;
    }
  }
}
