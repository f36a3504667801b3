/** Shows of each promise that its spec passes, and fails once the mechanism behind it is switched off. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMutant, type Mutant } from '../support/mutant.js';
import type { SuiteResult } from '../support/results.js';
import { runSuite } from '../support/suite-process.js';
import { ROOT } from '../support/tree.js';
import { compiled, type Case, titlePattern } from './promise.js';
import { isOf, judge, type Verdict, whyNotGreen } from './verdict.js';

export interface Proof {
  readonly id: string;
  readonly verdict: Verdict;
  /** What the spec said without the mechanism, or why there is no proof. */
  readonly because: string;
  /** Of the run without the mechanism. */
  readonly ms: number;
}

export interface ProofOptions {
  /** A spec without its mechanism that notes nothing for this long, ms, is ended. */
  readonly limit?: number;
  readonly done?: (proof: Proof) => void;
}

/** What a spec may take with the mechanism in place, ms. */
const TIMEOUT = 20_000;
/** Without it, it may wait for what never comes: it is given up after so many times what it took before, ms. */
const TIMES = 10;
const LEAST = 2000;
/** A process that notes nothing for this long, ms, is stuck in a loop that no timer can end. */
const LIMIT = 60_000;

/** Processes that run side by side. */
const AT_A_TIME = 2;

/** Runs `work` of each, in order, two at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** Tries to prove each, in order, and gives what came of it. */
export async function prove(cases: readonly Case[], options: ProofOptions = {}): Promise<Proof[]> {
  const { limit = LIMIT, done } = options;
  const run = (spec: string, titles: readonly string[], timeout: number, stuckAfter: number, at = ROOT) =>
    runSuite({
      root: at,
      files: [join(at, 'dist', compiled(spec))],
      grep: titles.map((title) => `(${titlePattern(title)})`).join('|'),
      timeout,
      stuckAfter,
      quiet: true,
      env: { ATOM_SPEC_SCALE: '1' },
    });

  const bySpec = new Map<string, Case[]>();
  for (const one of cases) bySpec.set(one.spec, [...(bySpec.get(one.spec) ?? []), one]);
  const green = new Map<string, SuiteResult>();
  await each([...bySpec], async ([spec, those]) => {
    const titles = [...new Set(those.map(({ title }) => title))];
    if (existsSync(join(ROOT, 'dist', compiled(spec))))
      green.set(spec, await run(spec, titles, TIMEOUT, LIMIT));
  });

  const proofs = new Map<string, Proof>();
  await each(cases, async (one) => {
    const started = performance.now();
    const settle = (verdict: Verdict, because: string): void => {
      const proof = { id: one.id, verdict, because, ms: performance.now() - started };
      proofs.set(one.id, proof);
      done?.(proof);
    };
    const before = green.get(one.spec);
    if (before === undefined) return settle('not green', `there is no ${one.spec}`);
    const trouble = whyNotGreen(before, one.title);
    if (trouble !== undefined) return settle('not green', trouble);
    const took = before.passed.filter(isOf(one.title)).map(({ ms }) => ms);
    const timeout = LEAST + TIMES * Math.max(...took);
    let mutant: Mutant;
    try {
      mutant = createMutant(one.off);
    } catch (error) {
      return settle('no mutant', (error as Error).message);
    }
    try {
      const after = await run(one.spec, [one.title], timeout, limit, mutant.directory);
      const [verdict, because] = after.wasStuck
        ? (['timed out', `nothing was heard of it for ${limit / 1000} s`] as const)
        : judge(after, one.title);
      settle(verdict, because);
    } finally {
      mutant.dispose();
    }
  });
  return cases.map(({ id }) => proofs.get(id)!);
}
