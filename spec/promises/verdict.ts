import type { SpecResult, SuiteResult } from '../support/results.js';
import { titlePattern } from './promise.js';

/**
 * `proved`: green with the mechanism, red without. All others are failures:
 * `survived`: still green without it. `not green`: red, or not there, with it. `no mutant`: its text is out of date.
 * `broken`: without it the spec did not come to its point: the set-up failed, or the patch is no working program.
 * `timed out`: it hung, without saying so itself.
 */
export type Verdict = 'proved' | 'survived' | 'not green' | 'no mutant' | 'broken' | 'timed out';

/** Whether a result is of the spec that is called so. */
export const isOf = (title: string) => {
  const pattern = new RegExp(titlePattern(title));
  return (result: SpecResult): boolean => pattern.test(result.title);
};

/** Why the run with all mechanisms in place is no ground to stand on; undefined when it is. */
export function whyNotGreen({ passed, failed, skipped }: SuiteResult, title: string): string | undefined {
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
    const after = /"after each" hook(?:.*?) for "(.*)"$/.exec(name);
    if (after !== null && isIt({ title: after[1]!, ms: 0 })) return ['proved', `after it: ${error}`];
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
