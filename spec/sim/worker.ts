/** Runs its share of the seeds and tells its parent of those that fail. */
import type { Failure, Share } from './seeds.js';
import { simulate } from './simulate.js';

/** Violations of one seed that are told. */
const TOLD = 3;

const { first, step, seeds, untilFailure, invariants } = JSON.parse(process.argv[2]!) as Share;
for (let run = 0; run < seeds; run++) {
  const seed = first + run * step;
  const violations = (await simulate(seed)).violations.filter(
    ({ invariant }) => invariants?.includes(invariant) ?? true,
  );
  if (violations.length === 0) continue;
  const failure: Failure = { seed, violations: violations.slice(0, TOLD) };
  await new Promise((told) => process.send?.(failure, told));
  if (untilFailure) break;
}
process.disconnect?.();
