/** What a latency weighs after this long, ms, is about a third. */
const MEMORY = 2000;
/** An instance that turns calls away counts as this slow, ms: doubled with each of them, up to the last. */
const FIRST_PENALTY = 20;
const LAST_PENALTY = 1000;

/**
 * How slowly an instance answers: a moving average that jumps up to each peak and forgets it within seconds, also
 * while nothing is asked. (Peak EWMA, as in Finagle's balancers.)
 */
export class Latency {
  private average = 0;
  private at = 0;

  /** ms; 0: not known. */
  now(now: number): number {
    return this.average === 0 ? 0 : this.average * weight(now - this.at);
  }

  observe(ms: number, now: number): void {
    if (ms >= this.average) this.average = ms;
    else {
      const old = weight(now - this.at);
      this.average = this.average * old + ms * (1 - old);
    }
    this.at = now;
  }

  /** It turned a call away: its quick answer must not draw more of them. */
  penalize(now: number): void {
    const least = Math.min(LAST_PENALTY, Math.max(FIRST_PENALTY, this.now(now) * 2));
    if (least > this.average) this.average = least;
    this.at = now;
  }

  /** Nothing is known any more. */
  forget(): void {
    this.average = 0;
  }
}

/** About `exp(-age / MEMORY)`, in four operations. */
function weight(age: number): number {
  const x = age / MEMORY;
  return 1 / (1 + x + (x * x) / 2);
}
