import type { BreakerState } from './breaker.js';

/** How one instance is doing as a target, for `app.status()`. */
export interface PeerView {
  readonly instance: string;
  readonly services: readonly string[];
  /** The directory's word. */
  readonly routable: boolean;
  readonly connected: boolean;
  readonly inFlight: number;
  /** Requests and signals sent to it. */
  readonly sent: number;
  /** When the last was sent, ms on the process's monotonic clock; undefined before the first. */
  readonly lastSentAt: number | undefined;
  /**
   * `closed`: calls go there. `ejected`: none do, since too many came to nothing. `half-open`, `probing`: one call
   * finds out whether it is well again.
   */
  readonly breaker: BreakerState;
  /** How often it was ejected in a row. */
  readonly ejections: number;
  /** Peak moving average, ms; 0: not known. */
  readonly latency: number;
}
