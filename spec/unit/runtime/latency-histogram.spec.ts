import { expect } from 'chai';
import fc from 'fast-check';
import { LatencyHistogram } from '../../../lib/runtime/latency-histogram.js';

describe('LatencyHistogram', () => {
  it('gives percentiles within 1 % (or a microsecond) of the sorted values', () => {
    const us = fc.oneof(fc.nat(300), fc.nat(100_000), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(us, { minLength: 1, maxLength: 200 }), (values) => {
        const histogram = new LatencyHistogram();
        for (const value of values) histogram.record(value / 1000);
        const sorted = values.toSorted((a, b) => a - b);
        for (const percent of [0, 10, 50, 90, 99, 100]) {
          const at = Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1;
          const exact = sorted[at]! / 1000;
          expect(histogram.percentile(percent)).to.be.within(exact - 0.001, exact * 1.01 + 0.001);
        }
        expect(histogram.max).to.equal(sorted.at(-1)! / 1000);
      }),
    );
  });

  it('says zero before the first value, and takes any value', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.percentile(50)).to.equal(0);
    expect(histogram.max).to.equal(0);
    for (const odd of [-1, 0, 1e12]) histogram.record(odd);
    expect(histogram.percentile(50)).to.equal(0);
    expect(histogram.percentile(100)).to.be.above(2e6);
    expect(histogram.max).to.equal(1e12);
  });
});
