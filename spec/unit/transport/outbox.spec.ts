import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_BATCH_BYTES, MAX_BATCH_PARTS, Outbox } from '../../../lib/transport/outbox.js';

describe('Outbox', () => {
  it('gives everything back in order, in batches within the limits, and counts exactly', () => {
    const part = fc.integer({ min: 1, max: 40_000 }).map((length) => 'x'.repeat(length));
    const small = fc.constantFrom('a', 'bb', 'ccc');
    const step = fc.oneof(part, small, fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
        const outbox = new Outbox(500_000);
        const expected: string[] = [];
        const given: string[] = [];
        const size = (parts: readonly string[]): number => parts.reduce((sum, { length }) => sum + length, 0);
        const take = (): void => {
          const batch = outbox.take();
          expect(batch.length).to.be.at.most(2 * MAX_BATCH_PARTS);
          if (batch.length > 2) expect(size(batch)).to.be.at.most(MAX_BATCH_BYTES);
          expect(batch.length > 0 || outbox.isEmpty).to.equal(true);
          outbox.sent();
          given.push(...batch);
        };
        for (const next of steps) {
          if (next === undefined) take();
          else if (outbox.add(next, 'h')) expected.push('h', next);
          else expect(outbox.queuedBytes + next.length + 1).to.be.above(500_000);
          expect(outbox.queuedBytes).to.equal(size(expected) - size(given));
        }
        while (!outbox.isEmpty) take();
        expect(given).to.deep.equal(expected);
        expect(outbox.queuedBytes).to.equal(0);
      }),
      { numRuns: 50 },
    );
  });

  it('counts a batch until it is sent', () => {
    const outbox = new Outbox(10);
    outbox.add('12345678');
    outbox.take();
    expect(outbox.queuedBytes).to.equal(8);
    expect(outbox.add('123')).to.equal(false);
    outbox.sent();
    expect(outbox.add('123')).to.equal(true);
  });

  it('takes one part that is larger than the whole budget, alone', () => {
    const outbox = new Outbox(10);
    expect(outbox.add('x'.repeat(100))).to.equal(true);
    expect(outbox.add('x')).to.equal(false);
    expect(outbox.take()).to.deep.equal(['', 'x'.repeat(100)]);
  });
});
