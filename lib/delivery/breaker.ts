import type { Random } from '../../nucleus/clock.js';

/** How many of the last calls are remembered, one bit each. */
const REMEMBERED = 20;
const MASK = 2 ** REMEMBERED - 1;
/** Failures among them that open it: under 80 % success, which five in a row are as well. */
const TOO_MANY = 5;
/** Ejected for this long, ms, times how often it was; at most the last. */
const FIRST_EJECTION = 5000;
const LAST_EJECTION = 60_000;
/** The shortest part of an ejection that chance leaves, so that callers do not all come back at once. */
const LEAST = 0.8;
/** After this long without trouble, ms, the next ejection is a first one. */
const FORGIVEN = 60_000;

/**
 * `closed`: calls go there. `ejected`: none do. `half-open`: the next one will. `probing`: that one is under way,
 * and decides.
 */
export type BreakerState = 'closed' | 'ejected' | 'half-open' | 'probing';

/**
 * Takes an instance out of the choice while calls to it come to nothing: lost connections and deadlines, not errors of its
 * handlers, which are answers.
 */
export class Breaker {
  private current: BreakerState = 'closed';
  /** The last calls, the newest in the lowest bit; 1: it failed. */
  private recent = 0;
  private count = 0;
  private closedAt = 0;
  private until = 0;
  /** The call that finds out whether the instance is well again. */
  private probe: object | undefined;

  constructor(
    private readonly random: Random,
    /** Whether it may be taken out: never more than half of the instances are. */
    private readonly mayEject: () => boolean,
    /** It takes part in the choice in another way from now on. */
    private readonly changed: () => void,
  ) {}

  get state(): BreakerState {
    return this.current;
  }

  /** How often it was ejected in a row. */
  get ejections(): number {
    return this.count;
  }

  /** When an ejection is over, on the clock, ms. */
  get ejectedUntil(): number {
    return this.until;
  }

  /** A call is on its way: the first one of a half-open breaker is the probe. */
  begun(call: object): void {
    if (this.current !== 'half-open') return;
    this.probe = call;
    this.turn('probing');
  }

  /** A call was answered. */
  succeeded(call: object, now: number): void {
    if (this.recent !== 0) this.recent = (this.recent << 1) & MASK;
    if (this.probe === undefined || !this.isProbe(call)) return;
    this.recent = 0;
    this.closedAt = now;
    this.turn('closed');
  }

  /** What became of a call is not known. */
  failed(call: object, now: number): void {
    this.recent = ((this.recent << 1) | 1) & MASK;
    if (this.isProbe(call)) this.eject(now);
    else if (this.current === 'closed' && ones(this.recent) >= TOO_MANY && this.mayEject()) {
      if (now - this.closedAt > FORGIVEN) this.count = 0;
      this.eject(now);
    }
  }

  /** A call ended without telling anything of the instance. */
  unproved(call: object): void {
    if (this.isProbe(call)) this.turn('half-open');
  }

  /** Ends an ejection that is over. */
  rest(now: number): void {
    if (this.current === 'ejected' && now >= this.until) this.turn('half-open');
  }

  /** The instance was away, and has shown that it is there again: one call finds out. */
  revive(): void {
    this.probe = undefined;
    if (this.current !== 'closed') this.turn('half-open');
  }

  private isProbe(call: object): boolean {
    if (call !== this.probe) return false;
    this.probe = undefined;
    return true;
  }

  private eject(now: number): void {
    this.count++;
    const longest = Math.min(LAST_EJECTION, FIRST_EJECTION * this.count);
    this.until = now + longest * (LEAST + (1 - LEAST) * this.random());
    this.turn('ejected');
  }

  private turn(state: BreakerState): void {
    if (this.current === state) return;
    this.current = state;
    this.changed();
  }
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
