import type { Random } from '../../nucleus/clock.js';

/** What the choice looks at. */
export interface Candidate {
  readonly inFlight: number;
  /** How slowly it answers, ms; 0: not known. */
  latency(now: number): number;
  /** How long the oldest of its calls has been waiting, ms. */
  oldestAge(now: number): number;
}

/** Below this, ms, latencies are noise. */
const NOISE = 1;
/** Latencies that differ by less than this factor count as equal, lest chance starves an instance. */
const ALIKE = 2;

/**
 * The cheaper of two distinct random candidates, in constant time: in flight, plus the new one, times how slow it is.
 * (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.)
 */
export function pick<T extends Candidate>(
  candidates: readonly T[],
  random: Random,
  now: number,
): T | undefined {
  const { length } = candidates;
  if (length <= 1) return candidates[0];
  const first = Math.floor(random() * length);
  const offset = 1 + Math.floor(random() * (length - 1));
  const a = candidates[first]!;
  const b = candidates[(first + offset) % length]!;
  return isCheaper(b, a, now) ? b : a;
}

function isCheaper(one: Candidate, other: Candidate, now: number): boolean {
  const latencyOfOne = one.latency(now);
  const latencyOfOther = other.latency(now);
  // One that is not known is taken to be like the other: it must not get everything until it has answered once.
  const slowOne = slowness(latencyOfOne || latencyOfOther, one.oldestAge(now));
  const slowOther = slowness(latencyOfOther || latencyOfOne, other.oldestAge(now));
  if (slowOne < slowOther * ALIKE && slowOther < slowOne * ALIKE) return one.inFlight < other.inFlight;
  return (one.inFlight + 1) * slowOne < (other.inFlight + 1) * slowOther;
}

function slowness(latency: number, age: number): number {
  return Math.max(NOISE, latency, age);
}
