import { expect } from 'chai';
import { checkDescription } from '../../../../nucleus/daemon/description-check.js';

describe('the description of a service', () => {
  const description = {
    name: '@shop/orders',
    version: '1.2.0',
    metadata: { region: 'eu' },
    operations: [{ name: 'place-order', method: 'placeOrder', accepts: 'PlaceOrder', returns: 'any' }],
    events: [
      { topic: 'payment.*', from: '@shop/payments', delivery: 'broadcast', accepts: 'any' },
      { topic: 'order.placed', delivery: 'group', durable: true, accepts: 'any' },
    ],
    lexemes: { PlaceOrder: { label: 'order.place', version: 2, schema: { type: 'object' } } },
  };

  it('is taken as it is', () => {
    expect(checkDescription(description, '@shop/orders')).to.deep.equal(description);
  });

  it('is refused when it is of another service, none, or too long', () => {
    expect(checkDescription(description, '@shop/stock')).to.equal(undefined);
    for (const value of [undefined, null, 5, [], {}]) {
      expect(checkDescription(value, '@shop/orders')).to.equal(undefined);
    }
    const long = { ...description, metadata: { text: 'x'.repeat(600_000) } };
    expect(checkDescription(long, '@shop/orders')).to.equal(undefined);
  });

  it('loses what cannot be', () => {
    const detail = checkDescription(
      {
        name: '@shop/orders',
        version: '\u001b[31m',
        metadata: 'x',
        operations: [
          null,
          { name: '<b>', method: 'b' },
          { name: 'ok', method: 'ok', accepts: 'a b', returns: 5 },
        ],
        events: [{ topic: 'a b' }, { topic: 'a.b', from: 'x', delivery: 'often' }],
        lexemes: {
          'a b': { schema: {} },
          Bad: { schema: 'x' },
          Good: { label: '<', version: 'x', schema: {} },
        },
      },
      '@shop/orders',
    );
    expect(detail).to.deep.equal({
      name: '@shop/orders',
      version: '?',
      metadata: {},
      operations: [{ name: 'ok', method: 'ok', accepts: 'any', returns: 'any' }],
      events: [{ topic: 'a.b', delivery: 'group', accepts: 'any' }],
      lexemes: { Good: { version: 1, schema: {} } },
    });
  });
});
