/** Retries that requests allow, each. */
const PER_REQUEST = 0.2;
/** Retries a second that a service has however little it is called, and how many of quiet times it keeps at most. */
const PER_SECOND = 10;
const KEPT = 100;
/** "Recent" is a second, in slots of 100 ms. */
const SLOTS = 10;
const SLOT = 100;

/**
 * How many retries one service's calls may make: within any second a fifth of its requests, so that an overload has never more
 * than 1.2 attempts a request. A service that is called less than 500 times a second has besides a reserve for when an instance
 * dies: 100 retries, filled by ten a second while it is called less than 50 times. What is due is worked out when a retry is taken.
 */
export class RetryBudget {
  private reserve = KEPT;
  private takenAt: number;
  /** `requests` when it was last asked. */
  private counted = 0;
  private slot: number;
  /** Of each of the last slots. */
  private readonly requests = new Array<number>(SLOTS).fill(0);
  private readonly retries = new Array<number>(SLOTS).fill(0);

  constructor(now: number) {
    this.takenAt = now;
    this.slot = Math.floor(now / SLOT);
  }

  /** Takes one retry; false when there is none. `requests` is how many the service had so far. */
  take(now: number, requests: number): boolean {
    this.moveTo(now, requests);
    const allowed = sum(this.requests) * PER_REQUEST;
    if (allowed < PER_SECOND) {
      this.reserve = Math.min(KEPT, this.reserve + ((now - this.takenAt) / 1000) * PER_SECOND);
    }
    this.takenAt = now;
    if (sum(this.retries) + 1 > allowed) {
      if (this.reserve < 1 || allowed >= KEPT) return false;
      this.reserve--;
    }
    this.retries[this.slot % SLOTS]!++;
    return true;
  }

  private moveTo(now: number, requests: number): void {
    const slot = Math.floor(now / SLOT);
    const passed = slot - this.slot;
    const fresh = requests - this.counted;
    // Nobody has asked in between, so nobody knows when they were: evenly.
    const each = fresh / Math.max(1, passed);
    for (let next = Math.max(this.slot, slot - SLOTS) + 1; next <= slot; next++) {
      this.requests[next % SLOTS] = each;
      this.retries[next % SLOTS] = 0;
    }
    if (passed === 0) this.requests[slot % SLOTS]! += fresh;
    this.slot = slot;
    this.counted = requests;
  }
}

function sum(slots: readonly number[]): number {
  let total = 0;
  for (const one of slots) total += one;
  return total;
}
