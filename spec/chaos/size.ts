/** How long and how hard a scenario is run. */
export interface Size {
  /** Requests a second over all instances. */
  readonly rate: number;
  /** Seconds before the fault, of a fault that lasts, and after it. */
  readonly before: number;
  readonly during: number;
  readonly after: number;
}

/** What the pass marks are for. */
export const FULL: Size = { rate: 2000, before: 5, during: 10, after: 10 };
/** The same faults within a few seconds. */
export const SHORT: Size = { rate: 300, before: 1, during: 3, after: 2 };
