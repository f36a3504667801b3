import { expect } from 'chai';
import { pick } from '../../../lib/delivery/balancer.js';
import { seeded } from '../../support/seeded.js';

describe('pick', () => {
  it('gives nobody of nobody, and the only one', () => {
    const only = { inFlight: 5 };
    expect(pick([], Math.random)).to.equal(undefined);
    expect(pick([only], Math.random)).to.equal(only);
  });

  it('is fair among equals', () => {
    const random = seeded(7);
    const candidates = Array.from({ length: 5 }, (_, id) => ({ id, inFlight: 0 }));
    const counts = [0, 0, 0, 0, 0];
    for (let n = 0; n < 10_000; n++) counts[pick(candidates, random)!.id]!++;
    for (const count of counts) expect(count).to.be.within(1800, 2200);
  });

  it('never takes the most loaded of two or more', () => {
    const random = seeded(7);
    const candidates = [{ inFlight: 3 }, { inFlight: 9 }, { inFlight: 4 }];
    for (let n = 0; n < 1000; n++) expect(pick(candidates, random)).not.to.equal(candidates[1]);
  });

  it('keeps the load even, better than chance alone', () => {
    const random = seeded(7);
    const candidates = Array.from({ length: 10 }, () => ({ inFlight: 0 }));
    for (let n = 0; n < 10_000; n++) pick(candidates, random)!.inFlight++;
    for (const { inFlight } of candidates) expect(inFlight).to.be.within(995, 1005);
  });

  it('looks at two candidates, however many there are', () => {
    let looked = 0;
    const candidates = Array.from({ length: 10_000 }, () => ({
      get inFlight() {
        looked++;
        return 0;
      },
    }));
    pick(candidates, seeded(3));
    expect(looked).to.equal(2);
  });
});
