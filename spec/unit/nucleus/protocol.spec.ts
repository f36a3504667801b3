import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { decodeDatagram, encodeDatagram, MAX_DATAGRAM } from '../../../nucleus/beacon/datagram.js';
import { DEFAULT_MULTICAST } from '../../../nucleus/beacon/multicast-beacon.js';
import { parseRecord } from '../../../nucleus/record-check.js';
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
    expect(changes.map((change) => change && Object.keys(change)[0])).to.deep.equal(['put', 'gone']);
    for (const example of examples('change'))
      expect(decodeChange(example)).to.deep.equal(JSON.parse(example));
  });

  it('shows datagrams of each kind, byte for byte', () => {
    const kinds = examples('datagram').map((example) => {
      const message = decodeDatagram(Buffer.from(example));
      expect(message && encodeDatagram(message).toString()).to.equal(example);
      return message?.kind;
    });
    expect(kinds).to.deep.equal(['query', 'here', 'goodbye']);
  });

  it('names the keys, the lease, the group and the sizes that the code uses', () => {
    const layout = new RedisLayout('<env>');
    const named = (key: string): string => key.replaceAll('%3Cenv%3E', '<env>');
    for (const key of [layout.record('<id>'), layout.index, layout.channel])
      expect(text).to.include(`\`${named(key)}\``);
    expect(text).to.include(`expires after ${LEASE_MS / 1000} s`);
    expect(text).to.include(`group \`${DEFAULT_MULTICAST.group}\`, port \`${DEFAULT_MULTICAST.port}\``);
    expect(text).to.include(`at most ${MAX_DATAGRAM.toLocaleString('en')} bytes`);
  });

  it('keeps an environment from leaving its hash tag', () => {
    const layout = new RedisLayout('a}:{b');
    expect(layout.index).to.equal('{atom:a%7D%3A%7Bb}:instances');
  });
});
