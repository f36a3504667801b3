import type { Restarts } from './environment.js';

/** How one run of a process ended. */
export interface Ending {
  readonly code: number | null;
  /** What ended it, where no code did. */
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly error?: Error;
  /** How long it ran, ms. */
  readonly ms: number;
}

/** What is done after a run: nothing more, or another run `after` ms. */
export type NextStep =
  | { readonly again: false; readonly failed: boolean; readonly why: string }
  | { readonly again: true; readonly after: number };

/** A shell could not find, or not start, what it was to run: trying again mends nothing. */
const NOT_STARTED: readonly (number | null)[] = [126, 127];
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** Who ran for so long has recovered. */
const STEADY = 10_000;
/** `on-failure` gives up after so many failures without a steady run between them. */
const MOST_FAILURES = 10;

/** Decides for one process when it is started again: after 0.5 s, then twice as long each time, up to 30 s. */
export class RestartPolicy {
  private quick = 0;

  constructor(private readonly restarts: Restarts) {}

  next({ code, error, ms }: Ending): NextStep {
    const failed = error !== undefined || code !== 0;
    if (error !== undefined || NOT_STARTED.includes(code)) {
      return { again: false, failed, why: 'it cannot be started' };
    }
    if (this.restarts === 'never' || (this.restarts === 'on-failure' && !failed)) {
      return { again: false, failed, why: '' };
    }
    this.quick = ms >= STEADY ? 1 : this.quick + 1;
    if (this.restarts === 'on-failure' && this.quick >= MOST_FAILURES) {
      return { again: false, failed, why: `it failed ${MOST_FAILURES} times in a row` };
    }
    return { again: true, after: Math.min(FIRST_PAUSE * 2 ** (this.quick - 1), LONGEST_PAUSE) };
  }
}
