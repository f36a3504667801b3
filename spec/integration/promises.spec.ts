import { expect } from 'chai';
import { type Case, casesOf, without } from '../promises/promise.js';
import { prove } from '../promises/prove.js';
import { PROMISES } from '../promises/promises.js';
import { judge } from '../promises/verdict.js';
import type { SuiteResult } from '../support/results.js';

const CASES = casesOf(PROMISES);
const WAIT: Case = CASES.find(({ spec }) => spec === 'spec/unit/delivery/retry-policy.spec.ts')!;
const POLICY = 'lib/delivery/retry-policy.ts';

describe('the proof of a promise', function () {
  this.timeout(120_000);

  it('finds the spec red without the mechanism', async () => {
    const quick = [
      WAIT,
      ...CASES.filter(({ spec }) => /peer-clock|remembered|subscriptions|error-reply/.test(spec)).slice(0, 3),
    ];
    const proofs = await prove(quick);
    expect(proofs.map(({ id, verdict }) => `${id} ${verdict}`)).to.deep.equal(
      quick.map(({ id }) => `${id} proved`),
    );
    expect(proofs[0]!.because).to.match(/^AssertionError: expected/);
  });

  it('tells a promise that nothing keeps, or that is out of date', async () => {
    const wrong: Record<string, Partial<Case>> = {
      survived: { off: [without(POLICY, "outcome: 'UNKNOWN', service", "outcome: 'FAILED', service")] },
      'not green': { title: 'is no spec at all' },
      'no mutant': { off: [without(POLICY, 'no such text')] },
      broken: { off: [without(POLICY, 'return random() * Math', 'return noSuchThing * Math')] },
    };
    const promises = Object.entries(wrong).map(([id, over]) => ({ ...WAIT, id, ...over }));
    const proofs = await prove(promises);
    expect(proofs.map(({ verdict }) => verdict)).to.deep.equal(Object.keys(wrong));
  });

  it('does not take a loop that never ends for a proof', async () => {
    const off = [without(POLICY, 'return random() * Math', 'for (;;); return Math')];
    const [proof] = await prove([{ ...WAIT, off }], { limit: 3000 });
    expect(proof).to.include({ verdict: 'timed out', because: 'nothing was heard of it for 3 s' });
  });
});

describe('the verdict on a run without the mechanism', () => {
  const run = (failed: SuiteResult['failed'], passed: SuiteResult['passed'] = []): string =>
    judge({ failed, passed, skipped: [] }, 'does ${what} it says').join(': ');
  const at = (title: string, error = 'AssertionError: no') => ({ title, ms: 1, error });

  it('is proved only where the spec itself says so', () => {
    expect(run([at('a thing does what it says')])).to.equal('proved: AssertionError: no');
    expect(run([at('a thing "after each" hook for "does what it says"')])).to.match(/^proved: after it/);
    expect(run([at('(the process ended in "a thing does what it says": SIGABRT)')])).to.match(
      /^proved: .*SIGABRT/,
    );
  });

  it('is no proof where the spec did not come to its point', () => {
    expect(run([at('a thing "before each" hook for "does what it says"')])).to.match(/^broken/);
    expect(run([at('a thing does what it says', 'ReferenceError: x is not defined')])).to.match(/^broken/);
    expect(run([at('(the process ended outside of a spec: exit code 1)')])).to.match(/^broken/);
    expect(run([at('another thing')], [at('a thing does what it says')])).to.match(/^broken/);
    expect(run([])).to.match(/^broken/);
    expect(run([], [at('a thing does what it says')])).to.match(/^survived/);
  });
});
