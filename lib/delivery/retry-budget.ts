/**
 * Retries earned by each request, and by each second: together no more than a fifth of the requests where there are a thousand
 * a second or more, with what was saved before.
 */
const PER_REQUEST = 0.19;
const PER_SECOND = 10;
/** Retries of quiet times that are kept, at most: those of this many seconds. */
const KEPT_SECONDS = 10;
/** What "recent" means for requests, ms. */
const RECENT = 1000;

/**
 * How many retries one service's calls may make: 19 % of its recent requests and 10 a second. So retries cannot make
 * an overload much worse than it is. (A token bucket; what fills it is worked out when something is taken.)
 */
export class RetryBudget {
  private tokens = PER_SECOND * KEPT_SECONDS;
  private takenAt: number;
  /** `requests` when the tokens were last worked out. */
  private counted = 0;
  private windowStart: number;
  private windowRequests = 0;
  private recent = 0;

  constructor(now: number) {
    this.takenAt = this.windowStart = now;
  }

  /** Takes one retry; false when there is none. `requests` is how many the service had so far. */
  take(now: number, requests: number): boolean {
    const elapsed = now - this.windowStart;
    if (elapsed >= RECENT) {
      this.recent = ((requests - this.windowRequests) * RECENT) / elapsed;
      this.windowStart = now;
      this.windowRequests = requests;
    }
    const recent = Math.max(this.recent, requests - this.windowRequests);
    const earned = (requests - this.counted) * PER_REQUEST + ((now - this.takenAt) / 1000) * PER_SECOND;
    this.tokens = Math.min(this.tokens + earned, PER_SECOND * KEPT_SECONDS + recent * PER_REQUEST);
    this.takenAt = now;
    this.counted = requests;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }
}
