import { expect } from 'chai';
import { pick } from '../../../lib/delivery/balancer.js';
import { seeded } from '../../support/seeded.js';

/** An instance as the choice sees it. */
class Fake {
  looked = 0;
  constructor(
    public inFlight = 0,
    public slow = 0,
    public age = 0,
  ) {}
  latency(): number {
    this.looked++;
    return this.slow;
  }
  oldestAge(): number {
    return this.age;
  }
}

/** How often each of them is chosen. */
function shares(candidates: readonly Fake[], times = 1000): number[] {
  const random = seeded(7);
  const counts = candidates.map(() => 0);
  for (let n = 0; n < times; n++) {
    const index = candidates.indexOf(pick(candidates, random, 0)!);
    counts[index] = counts[index]! + 1;
  }
  return counts;
}

describe('pick', () => {
  it('gives nobody of nobody, and the only one', () => {
    const only = new Fake(5);
    expect(pick([], Math.random, 0)).to.equal(undefined);
    expect(pick([only], Math.random, 0)).to.equal(only);
  });

  it('is fair among equals', () => {
    for (const count of shares(
      [1, 2, 3, 4, 5].map(() => new Fake()),
      10_000,
    )) {
      expect(count).to.be.within(1800, 2200);
    }
  });

  it('never takes the most loaded of two or more', () => {
    expect(shares([new Fake(3), new Fake(9), new Fake(4)])[1]).to.equal(0);
  });

  it('keeps the load even, better than chance alone', () => {
    const random = seeded(7);
    const candidates = Array.from({ length: 10 }, () => new Fake());
    for (let n = 0; n < 10_000; n++) pick(candidates, random, 0)!.inFlight++;
    for (const { inFlight } of candidates) expect(inFlight).to.be.within(995, 1005);
  });

  it('weighs what is in flight by how slow it is', () => {
    expect(shares([new Fake(0, 50), new Fake(8, 5)])).to.deep.equal([0, 1000]);
    expect(shares([new Fake(0, 50), new Fake(10, 5)])).to.deep.equal([1000, 0]);
  });

  it('counts the age of the oldest call as slowness: one that hangs gets nothing more', () => {
    expect(shares([new Fake(1, 5, 500), new Fake(20, 5)])).to.deep.equal([0, 1000]);
  });

  it('does not starve an instance over noise: within a factor of two, or below a millisecond, all are alike', () => {
    for (const pair of [
      [new Fake(0, 5), new Fake(0, 9)],
      [new Fake(0, 0.1), new Fake(0, 0.9)],
    ]) {
      for (const count of shares(pair)) expect(count).to.be.within(400, 600);
    }
  });

  it('does not flood one whose latency is not known yet', () => {
    expect(shares([new Fake(3, 0), new Fake(2, 50)])).to.deep.equal([0, 1000]);
    expect(shares([new Fake(1, 0), new Fake(2, 50)])).to.deep.equal([1000, 0]);
  });

  it('looks at two candidates, however many there are', () => {
    const candidates = Array.from({ length: 10_000 }, () => new Fake());
    pick(candidates, seeded(3), 0);
    expect(candidates.filter(({ looked }) => looked > 0)).to.have.length(2);
  });
});
