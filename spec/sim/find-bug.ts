import { createMutant } from '../support/mutant.js';
import type { Bug } from './bugs.js';
import { runSeeds } from './seeds.js';

/** Which seed and which invariant found a bug; neither when nothing did. */
export interface Found {
  readonly bug: string;
  readonly seed?: number;
  readonly invariant?: string;
}

/** Plants `bug` in a copy of the built project and runs seeds until an invariant that may find it does. */
export async function findBug(
  { name, foundBy, mutations }: Bug,
  { first, seeds }: { readonly first: number; readonly seeds: number },
): Promise<Found> {
  const mutant = createMutant(mutations);
  try {
    const [failure] = await runSeeds({
      first,
      seeds,
      untilFailure: true,
      invariants: foundBy,
      root: mutant.directory,
    });
    const [violation] = failure?.violations ?? [];
    if (failure === undefined || violation === undefined) return { bug: name };
    return { bug: name, seed: failure.seed, invariant: violation.invariant };
  } finally {
    mutant.dispose();
  }
}
