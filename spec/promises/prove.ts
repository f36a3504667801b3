/** Shows of each promise that its spec passes, and fails once the mechanism behind it is switched off. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMutant, type Mutant } from '../support/mutant.js';
import type { SpecResult, SuiteResult } from '../support/results.js';
import { runSuite } from '../support/suite-process.js';
import { ROOT } from '../support/tree.js';
import { compiled, type Promised, titlePattern } from './promise.js';

/**
 * `proved`: green with the mechanism, red without. All others are failures:
 * `survived`: still green without it. `not green`: red, or not there, with it. `no mutant`: its text is out of date.
 * `broken`: without it the spec did not come to its point: the set-up failed, or the patch is no working program.
 * `timed out`: it hung, without saying so itself.
 */
export type Verdict = 'proved' | 'survived' | 'not green' | 'no mutant' | 'broken' | 'timed out';

export interface Proof {
  readonly id: string;
  readonly verdict: Verdict;
  /** What the spec said without the mechanism, or why there is no proof. */
  readonly because: string;
  /** Of the run without the mechanism. */
  readonly ms: number;
}

export interface ProofOptions {
  /** Of the compiled specs' paths. Default: the project. */
  readonly root?: string;
  /** Copies that run side by side. */
  readonly atATime?: number;
  /** A spec that notes nothing for this long, ms, is ended. */
  readonly limit?: number;
  readonly create?: (promised: Promised) => Mutant;
  readonly done?: (proof: Proof) => void;
}

/** What a spec may take with the mechanism in place, ms. */
const TIMEOUT = 20_000;
/** Without it, it may wait for what never comes: it is given up after so many times what it took before, ms. */
const TIMES = 10;
const LEAST = 2000;

/** Runs `work` of each, so many at a time, in order. */
async function each<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}

/** Proves them in order, and gives what came of each. */
export async function prove(promises: readonly Promised[], options: ProofOptions = {}): Promise<Proof[]> {
  const { atATime = 2, limit = 60_000, create = ({ off }: Promised) => createMutant(off), done } = options;
  const root = options.root ?? ROOT;
  const run = (spec: string, titles: readonly string[], timeout: number, at = root) =>
    runSuite({
      root: at,
      files: [join(at, 'dist', compiled(spec))],
      grep: titles.map((title) => `(${titlePattern(title)})`).join('|'),
      timeout,
      stuckAfter: limit,
      quiet: true,
      env: { ATOM_SPEC_SCALE: '1' },
    });

  const bySpec = new Map<string, Promised[]>();
  for (const promised of promises)
    bySpec.set(promised.spec, [...(bySpec.get(promised.spec) ?? []), promised]);
  const green = new Map<string, SuiteResult>();
  await each([...bySpec], atATime, async ([spec, those]) => {
    const titles = [...new Set(those.map(({ title }) => title))];
    if (existsSync(join(root, 'dist', compiled(spec)))) green.set(spec, await run(spec, titles, TIMEOUT));
  });

  const proofs = new Map<string, Proof>();
  await each(promises, atATime, async (promised) => {
    const started = performance.now();
    const settle = (verdict: Verdict, because: string): void => {
      const proof = { id: promised.id, verdict, because, ms: performance.now() - started };
      proofs.set(promised.id, proof);
      done?.(proof);
    };
    const before = green.get(promised.spec);
    if (before === undefined) return settle('not green', `there is no ${promised.spec}`);
    const trouble = whyNotGreen(before, promised.title);
    if (trouble !== undefined) return settle('not green', trouble);
    const took = before.passed.filter(isOf(promised.title)).map(({ ms }) => ms);
    const timeout = LEAST + TIMES * Math.max(...took);
    let mutant: Mutant;
    try {
      mutant = create(promised);
    } catch (error) {
      return settle('no mutant', (error as Error).message);
    }
    try {
      const after = await run(promised.spec, [promised.title], timeout, mutant.directory);
      const [verdict, because] = after.wasStuck
        ? (['timed out', `nothing was heard of it for ${limit / 1000} s`] as const)
        : judge(after, promised.title);
      settle(verdict, because);
    } finally {
      mutant.dispose();
    }
  });
  return promises.map(({ id }) => proofs.get(id)!);
}

const isOf = (title: string) => {
  const pattern = new RegExp(titlePattern(title));
  return (result: SpecResult): boolean => pattern.test(result.title);
};

function whyNotGreen({ passed, failed, skipped }: SuiteResult, title: string): string | undefined {
  const red =
    failed.find(isOf(title)) ?? failed.find((one) => one.title.includes('hook') || isOfProcess(one));
  if (red !== undefined) return `with the mechanism in place: ${red.title} ${red.error ?? ''}`;
  if (skipped.some(isOf(title))) return 'the spec is skipped';
  if (!passed.some(isOf(title))) return 'there is no spec of this title';
  return undefined;
}

/** What `results.ts` says of a process as a whole. */
const isOfProcess = ({ title }: SpecResult): boolean =>
  title.startsWith('(the process ') || title.startsWith('(does not end');

/** Errors of a program that is none any more: they prove nothing. */
const BROKEN = /^(ReferenceError|SyntaxError)/;

/** What the run without the mechanism shows. */
export function judge({ passed, failed }: SuiteResult, title: string): readonly [Verdict, string] {
  const isIt = isOf(title);
  for (const { title: name, error = '' } of failed) {
    if (BROKEN.test(error)) return ['broken', error];
    if (isIt({ title: name, ms: 0 }) && !name.includes('hook')) return ['proved', error];
    // What a spec asserts of its end, in `afterEach`, is its own.
    if (
      name.includes('"after each" hook') &&
      name.endsWith(`"${lastOf(name)}"`) &&
      isIt({ title: lastOf(name), ms: 0 })
    ) {
      return ['proved', `after it: ${error}`];
    }
    const died = /^\(the process ended in "(.*)": (.*)\)$/.exec(name);
    if (died !== null && isIt({ title: died[1]!, ms: 0 }))
      return ['proved', `the process ended in it: ${died[2]!}`];
  }
  const [first] = failed;
  if (first !== undefined) return ['broken', `${first.title} ${first.error ?? ''}`];
  return passed.some(isIt)
    ? ['survived', 'the spec is green without it']
    : ['broken', 'the spec did not run'];
}

/** The spec that a hook was run for: `… "after each" hook for "it does"`. */
function lastOf(hook: string): string {
  return /hook(?:.*?) for "(.*)"$/.exec(hook)?.[1] ?? '';
}
