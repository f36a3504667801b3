import { expect } from 'chai';
import { RetryBudget } from '../../../lib/delivery/retry-budget.js';

/** How many retries it gives at once. */
function drained(budget: RetryBudget, now: number, requests: number): number {
  let taken = 0;
  while (budget.take(now, requests)) taken++;
  return taken;
}

describe('RetryBudget', () => {
  it('gives ten a second to a service that is hardly called, and keeps those of ten seconds', () => {
    const budget = new RetryBudget(0);
    expect(drained(budget, 0, 0)).to.equal(100);
    expect(drained(budget, 1000, 0)).to.equal(10);
    expect(drained(budget, 61_000, 0)).to.equal(100);
  });

  it('adds a little under a fifth of the requests', () => {
    const budget = new RetryBudget(0);
    drained(budget, 0, 0);
    expect(drained(budget, 0, 500)).to.equal(95);
    expect(drained(budget, 0, 1000)).to.equal(95);
  });

  it('stays within 20 % while everything is retried for half a minute', () => {
    const budget = new RetryBudget(0);
    let taken = 0;
    let requests = 0;
    for (let now = 0; now < 30_000; now++) {
      requests += 2;
      for (let n = 0; n < 2; n++) if (budget.take(now, requests)) taken++;
    }
    expect(taken).to.be.within(11_400, 12_000);
  });

  it('does not save up the requests of long ago', () => {
    const budget = new RetryBudget(0);
    for (let second = 1; second <= 100; second++) budget.take(second * 1000, second * 1000);
    expect(drained(budget, 100_000, 100_000)).to.be.within(280, 290);
    expect(drained(budget, 160_000, 100_000)).to.equal(100);
  });
});
