import { expect } from 'chai';
import fc from 'fast-check';
import { closest, hint } from '../../../lib/metadata/closest.js';

describe('closest', () => {
  it('finds the word with the fewest slips', () => {
    expect(closest('recieve', ['receive', 'relieve'])).to.equal('receive');
    expect(closest('@shop/order', ['@shop/payments', '@shop/orders'])).to.equal('@shop/orders');
    expect(closest('DELIVERY', ['delivery'])).to.equal('delivery');
  });

  it('finds nothing where nothing is near', () => {
    expect(closest('accepts', ['delivery', 'from'])).to.equal(undefined);
    expect(closest('x', [])).to.equal(undefined);
  });

  it('finds any word after one slip', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), (original, seed) => {
        const at = seed % original.length;
        const slip = original.slice(0, at) + original.slice(at + 1);
        expect(closest(slip, [original])).to.equal(original);
      }),
    );
  });

  it('makes a hint, or none', () => {
    expect(hint('acepts', ['accepts'])).to.equal(" (did you mean 'accepts'?)");
    expect(hint('zzz', ['accepts'])).to.equal('');
  });
});
