import { expect } from 'chai';
import { count, duration, share, since } from '../../../../nucleus/dashboard/page/format.js';

describe('numbers on the page', () => {
  it('are short', () => {
    expect([0, 0.42, 12.34, 123.4, 4321, 12_345].map(count)).to.deep.equal([
      '0',
      '0.4',
      '12.3',
      '123',
      '4,321',
      '12.3K',
    ]);
    expect([0, 0.123, 4.56, 123.4, 1234].map(duration)).to.deep.equal([
      '–',
      '0.12 ms',
      '4.6 ms',
      '123 ms',
      '1.2 s',
    ]);
  });

  it('do not round a few errors away, nor say more than all', () => {
    expect(share(0, 100)).to.equal('0 %');
    expect(share(1, 100_000)).to.equal('<0.1 %');
    expect(share(2.5, 100)).to.equal('2.5 %');
    expect(share(3, 2)).to.equal('100 %');
  });

  it('say how long ago in one unit, never the future', () => {
    const now = 1e12;
    expect([-5000, 4000, 61_000, 7_200_000, 2e8].map((ago) => since(now - ago, now))).to.deep.equal([
      '0 s',
      '4 s',
      '1 min',
      '2 h',
      '2 d',
    ]);
  });
});
