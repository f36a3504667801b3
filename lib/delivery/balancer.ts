import type { Random } from '../../nucleus/clock.js';

/** What the choice looks at. */
export interface Candidate {
  readonly inFlight: number;
}

/**
 * The one with less in flight of two distinct random candidates, in constant time.
 * (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001.)
 */
export function pick<T extends Candidate>(candidates: readonly T[], random: Random): T | undefined {
  const { length } = candidates;
  if (length <= 1) return candidates[0];
  const first = Math.floor(random() * length);
  const offset = 1 + Math.floor(random() * (length - 1));
  const a = candidates[first]!;
  const b = candidates[(first + offset) % length]!;
  return b.inFlight < a.inFlight ? b : a;
}
