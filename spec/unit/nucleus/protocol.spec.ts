import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { decodeDatagram, encodeDatagram, MAX_DATAGRAM } from '../../../nucleus/beacon/datagram.js';
import { DEFAULT_MULTICAST } from '../../../nucleus/beacon/multicast-beacon.js';
import { parseRecord } from '../../../nucleus/record-check.js';
import {
  decodeClient,
  decodeNucleus,
  encodeNucleus,
  MAX_NUCLEUS_MESSAGE,
  NUCLEUS_PORT,
} from '../../../nucleus/registry/nucleus-layout.js';
import { decodeChange, LEASE_MS, RedisLayout } from '../../../nucleus/registry/redis-layout.js';

describe('nucleus/PROTOCOL.md', () => {
  const text = readFileSync(new URL('../../../../nucleus/PROTOCOL.md', import.meta.url), 'utf8');
  const examples = (kind: string): string[] =>
    [...text.matchAll(new RegExp('```json ' + kind + '\\n([^`]+)```', 'g'))].map(([, body]) => body!.trim());

  it('shows records that are taken whole', () => {
    expect(examples('record')).to.have.length(1);
    for (const example of examples('record')) expect(parseRecord(example)).to.deep.equal(JSON.parse(example));
  });

  it('shows changes that decode', () => {
    const changes = examples('change').map(decodeChange);
    expect(changes.map((change) => change && Object.keys(change)[0])).to.deep.equal(['put', 'gone', 'lost']);
    for (const example of examples('change'))
      expect(decodeChange(example)).to.deep.equal(JSON.parse(example));
  });

  it('shows datagrams of each kind, byte for byte', () => {
    const kinds = examples('datagram').map((example) => {
      const message = decodeDatagram(Buffer.from(example));
      expect(message && encodeDatagram(message).toString()).to.equal(example);
      return message?.kind;
    });
    expect(kinds).to.deep.equal(['query', 'here', 'goodbye', 'here']);
  });

  it('shows each message of a client and of the nucleus', () => {
    const clients = examples('client').map((example) => {
      const message = decodeClient(example);
      expect(message && JSON.parse(encodeNucleus(message))).to.deep.equal(JSON.parse(example));
      return message?.do;
    });
    expect(clients).to.deep.equal(['watch', 'more', 'put', 'gone', 'ping']);
    const nuclei = examples('nucleus').map((example) => {
      const message = decodeNucleus(example);
      expect(message && JSON.parse(encodeNucleus(message))).to.deep.equal(JSON.parse(example));
      return message?.is;
    });
    expect(nuclei).to.deep.equal(['page', 'told', 'pong']);
  });

  it('names the keys, the lease, the group and the sizes that the code uses', () => {
    const layout = new RedisLayout('<env>');
    const named = (key: string): string => key.replaceAll('%3Cenv%3E', '<env>');
    for (const key of [layout.record('<id>'), layout.index, layout.channel])
      expect(text).to.include(`\`${named(key)}\``);
    expect(text).to.include(`expires after ${LEASE_MS / 1000} s`);
    expect(text).to.include(`group \`${DEFAULT_MULTICAST.group}\`, port \`${DEFAULT_MULTICAST.port}\``);
    expect(text).to.include(`a lease of ${LEASE_MS / 1000} s`);
    expect(text).to.include(`port \`${NUCLEUS_PORT}\``);
    expect(text).to.include(`at most ${MAX_NUCLEUS_MESSAGE.toLocaleString('en')} bytes`);
    expect(text).to.include(`at most ${MAX_DATAGRAM.toLocaleString('en')} bytes`);
  });

  it('keeps an environment from leaving its hash tag', () => {
    const layout = new RedisLayout('a}:{b');
    expect(layout.index).to.equal('{atom:a%7D%3A%7Bb}:instances');
  });
});
