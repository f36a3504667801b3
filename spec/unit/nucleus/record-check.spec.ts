import { expect } from 'chai';
import fc from 'fast-check';
import { checkRecord, parseRecord } from '../../../nucleus/record-check.js';
import { aRecord } from '../../support/records.js';

describe('checkRecord', () => {
  it('takes a whole record as it is', () => {
    const record = aRecord({ draining: true, publicKey: 'key', signature: 'sign' });
    expect(parseRecord(JSON.stringify(record))).to.deep.equal(record);
  });

  it('drops fields that the layout does not know, so that later versions of atomjs may add some', () => {
    const record = aRecord();
    expect(checkRecord({ ...record, added: 1 })).to.deep.equal(record);
  });

  it('refuses other versions and anything that is not as the layout says', () => {
    const [service] = aRecord().services;
    const [subscription] = aRecord().subscriptions;
    const bad: Record<string, unknown>[] = [
      { v: 2 },
      { id: 'A'.repeat(32) },
      { id: undefined },
      { revision: 0 },
      { revision: '1' },
      { environment: 1 },
      { host: undefined },
      { endpoint: 'tcp://*:5000' },
      { endpoint: 'ipc://x' },
      { eventsEndpoint: '' },
      { services: {} },
      { services: [null] },
      { services: [{ ...service, operations: [{ name: 'x' }] }] },
      { services: [{ ...service, operations: [{ name: 'x', method: 'x', idempotent: 'yes' }] }] },
      { services: [{ ...service, lexemes: [{ label: 'x', version: -1 }] }] },
      { services: [{ ...service, metadata: [] }] },
      { subscriptions: [{ ...subscription, delivery: 'some' }] },
      { subscriptions: [{ ...subscription, topic: 'x'.repeat(2000) }] },
    ];
    for (const change of bad) {
      expect(checkRecord({ ...aRecord(), ...change }), JSON.stringify(change)).to.equal(undefined);
    }
  });

  it('lets no key through that could reach a prototype', () => {
    for (const key of ['"__proto__"', '"constructor"', '"\\u005f_proto__"', '"__prot\\u006f__"']) {
      const text = JSON.stringify(aRecord()).replace('"region"', key);
      const record = parseRecord(text);
      expect(Object.getOwnPropertyNames(record!.services[0]!.metadata!), key).to.be.empty;
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void checkRecord(value)));
    fc.assert(fc.property(fc.string(), (text) => void parseRecord(text)));
  });
});
