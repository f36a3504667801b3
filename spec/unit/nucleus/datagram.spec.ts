import { expect } from 'chai';
import fc from 'fast-check';
import { decodeDatagram, encodeDatagram, MAX_DATAGRAM } from '../../../nucleus/beacon/datagram.js';
import { aMessage } from '../../support/records.js';

describe('datagram', () => {
  it('gives back what was put in', () => {
    for (const message of [aMessage(), aMessage({ kind: 'query', revision: 0, endpoint: '' })]) {
      expect(decodeDatagram(encodeDatagram(message))).to.deep.equal(message);
    }
  });

  it('leaves out the services that do not fit, and only those', () => {
    const services = Array.from({ length: 200 }, (_, at) => `@shop/sérvice-${at}`);
    const message = aMessage({ services });
    const bytes = encodeDatagram(message);
    expect(bytes.length).to.be.within(MAX_DATAGRAM - 30, MAX_DATAGRAM);
    const decoded = decodeDatagram(bytes);
    expect(decoded?.services).to.deep.equal(services.slice(0, decoded?.services.length));
    expect({ ...decoded, services }).to.deep.equal(message);
  });

  it('refuses what is malformed', () => {
    const good = JSON.parse(encodeDatagram(aMessage()).toString()) as Record<string, unknown>;
    const bad: Record<string, unknown>[] = [
      { atom: 2 },
      { kind: 'hello' },
      { id: 'x' },
      { rev: -1 },
      { rev: 1.5 },
      { rev: 0 },
      { at: 'tcp://nowhere' },
      { at: 'http://127.0.0.1:80' },
      { at: 'tcp://127.0.0.1:99999' },
      { env: 7 },
      { host: null },
      { every: 0 },
      { every: 1e9 },
      { services: 'all' },
      { services: [1] },
    ];
    for (const change of bad) {
      const bytes = Buffer.from(JSON.stringify({ ...good, ...change }));
      expect(decodeDatagram(bytes), JSON.stringify(change)).to.equal(undefined);
    }
    expect(decodeDatagram(Buffer.from(JSON.stringify(good)))).not.to.equal(undefined);
    expect(decodeDatagram(Buffer.concat([encodeDatagram(aMessage()), Buffer.alloc(1200, ' ')]))).to.equal(
      undefined,
    );
  });

  it('never throws, whatever comes in', () => {
    const bytes = encodeDatagram(aMessage());
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1500 }), (noise) => void decodeDatagram(noise)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const broken = Buffer.from(bytes);
        broken[at] = value;
        const decoded = decodeDatagram(broken);
        if (decoded !== undefined) expect(decoded.instance).to.match(/^[0-9a-f]{32}$/);
      }),
    );
    fc.assert(fc.property(fc.json(), (text) => void decodeDatagram(Buffer.from(text))));
  });
});
