import { expect } from 'chai';
import { RetryBudget } from '../../../lib/delivery/retry-budget.js';

/** How many retries it gives at once. */
function drained(budget: RetryBudget, now: number, requests: number): number {
  let taken = 0;
  while (budget.take(now, requests)) taken++;
  return taken;
}

/** How many attempts a request there are while `rate` requests a second come for `seconds`, and as much as may be is retried. */
function attempts(budget: RetryBudget, rate: number, from: number, seconds: number): number {
  let taken = 0;
  let requests = 0;
  for (let now = 0; now < seconds * 1000; now++) {
    const due = Math.floor(((now + 1) * rate) / 1000);
    for (; requests < due; requests++) {
      while (budget.take(from + now, requests + 1)) taken++;
    }
  }
  return (requests + taken) / requests;
}

describe('RetryBudget', () => {
  it('gives ten a second to a service that is hardly called, and keeps those of ten seconds', () => {
    const budget = new RetryBudget(0);
    expect(drained(budget, 0, 0)).to.equal(100);
    expect(drained(budget, 1000, 0)).to.equal(10);
    expect(drained(budget, 61_000, 0)).to.equal(100);
  });

  it('gives a fifth of the requests of the last second, which is more', () => {
    const budget = new RetryBudget(0);
    expect(drained(budget, 0, 5000)).to.equal(1000);
    expect(drained(budget, 50, 5100)).to.equal(20);
    expect(drained(budget, 950, 5100)).to.equal(0);
  });

  for (const rate of [500, 2000]) {
    it(`never makes more than 1.2 attempts a request at ${rate}/s, from the first on`, () => {
      expect(attempts(new RetryBudget(0), rate, 0, 30)).to.be.within(1.19, 1.2);
      const quiet = new RetryBudget(0);
      quiet.take(0, 0);
      expect(attempts(quiet, rate, 60_000, 30)).to.be.within(1.19, 1.2);
    });
  }

  it('makes at most 20 % and its reserve at small rates', () => {
    expect(attempts(new RetryBudget(0), 100, 0, 30) - 1).to.be.within(0.2, 0.2 + 100 / 3000 + 0.01);
    expect(attempts(new RetryBudget(0), 10, 0, 30) - 1).to.be.within(1, 1 + (100 + 10) / 300);
  });

  it('does not save up the requests of long ago', () => {
    const budget = new RetryBudget(0);
    for (let second = 1; second <= 100; second++) budget.take(second * 1000, second * 1000);
    expect(drained(budget, 100_000, 100_000)).to.be.within(199, 200);
    expect(drained(budget, 160_000, 100_000)).to.equal(100);
  });
});
