import { expect } from 'chai';
import { ownerOf } from '../../../lib/delivery/rendezvous.js';
import { aRecord } from '../../support/records.js';

describe('ownerOf', () => {
  const instances = Array.from({ length: 5 }, () => ({ instance: aRecord().id }));
  const keys = Array.from({ length: 5000 }, (_, n) => `order-${n}`);

  it('gives nobody of nobody', () => {
    expect(ownerOf([], 'x')).to.equal(undefined);
  });

  it('gives the same for a key whatever the order of the candidates', () => {
    for (const key of keys.slice(0, 100)) {
      expect(ownerOf(instances.toReversed(), key)).to.equal(ownerOf(instances, key));
    }
  });

  it('spreads keys evenly', () => {
    for (const one of instances) {
      const own = keys.filter((key) => ownerOf(instances, key) === one);
      expect(own.length).to.be.within(850, 1150);
    }
  });

  it('moves only the keys of an instance that has gone', () => {
    const [gone, ...rest] = instances;
    for (const key of keys) {
      const before = ownerOf(instances, key);
      if (before !== gone) expect(ownerOf(rest, key)).to.equal(before);
    }
  });
});
