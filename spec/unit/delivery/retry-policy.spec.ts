import { expect } from 'chai';
import { backoff } from '../../../lib/delivery/retry-policy.js';

describe('the wait before a retry', () => {
  it('waits at random, below a bound that doubles from 50 ms to 1 s', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 20].map((retries) => backoff(retries, () => 1));
    expect(bounds).to.deep.equal([50, 100, 200, 400, 800, 1000, 1000]);
    expect(backoff(3, () => 0)).to.equal(0);
    expect(backoff(3, () => 0.25)).to.equal(100);
  });
});
