import type { Clock, Random, Timer } from '../clock.js';

/** The rest between two sessions of a registry: 50 ms, doubled after each failure up to 2 s, with jitter. */
export class Rest {
  private failures = 0;
  private pause: { timer: Timer; end: () => void } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async take(): Promise<void> {
    const wait =
      Math.min(FIRST_REST_MS * 2 ** Math.min(this.failures++, 10), LAST_REST_MS) * (0.5 + this.random() / 2);
    await new Promise<void>((end) => (this.pause = { timer: this.clock.after(wait, end), end }));
    this.pause = undefined;
  }

  /** A session went well: the next rest is a short one. */
  reset(): void {
    this.failures = 0;
  }

  /** Ends the rest that is being taken. */
  end(): void {
    this.pause?.timer.cancel();
    this.pause?.end();
  }
}

const FIRST_REST_MS = 50;
const LAST_REST_MS = 2000;
