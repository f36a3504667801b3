import { expect } from 'chai';
import { explain, type Known } from '../../../../nucleus/cli/why.js';
import type { DirectoryEntry } from '../../../../nucleus/directory.js';
import { aRecord } from '../../../support/records.js';

const service = '@shop/stock';
const entry = (
  id: string,
  operations: readonly string[],
  over: Partial<DirectoryEntry> = {},
): DirectoryEntry => ({
  record: aRecord({
    id: id.padEnd(32, '0'),
    services: [
      {
        name: service,
        version: '1.0.0',
        operations: operations.map((name) => ({ name, method: `${name}Now` })),
        lexemes: [],
      },
    ],
  }),
  state: 'routable',
  against: [],
  sources: ['beacon'],
  ...over,
});
const why = (entries: readonly DirectoryEntry[], over: Partial<Known> = {}) =>
  explain({
    service,
    operation: 'reserve',
    environment: 'e',
    entries,
    sources: [],
    answers: new Map(entries.map(({ record }) => [record.id, 1])),
    nucleus: [],
    ...over,
  });

describe('why', () => {
  it('says that a request would be sent, by the name of the operation or of its method', () => {
    expect(why([entry('a', ['reserve'])])).to.include({ verdict: 'sent', mend: '' });
    expect(why([entry('a', ['reserve'])], { operation: 'reserveNow' }).verdict).to.equal('sent');
    expect(why([entry('a', [])], { operation: '$stats' }).verdict).to.equal('sent');
    expect(why([entry('a', [])], { operation: undefined }).verdict).to.equal('sent');
  });

  it('counts an instance out that drains, and says why', () => {
    const answer = why([
      entry('a', ['reserve'], { state: 'unroutable', against: ['draining'] }),
      entry('b', ['reserve']),
    ]);
    expect(answer.verdict).to.equal('sent');
    expect(answer.instances.map(({ isIn, reason }) => [isIn, reason.includes('draining')])).to.deep.equal([
      [false, true],
      [true, false],
    ]);
  });

  it('warns of another version that lacks the operation, as a request may go there', () => {
    const answer = why([entry('a', ['reserve']), entry('b', ['other'])]);
    expect(answer.verdict).to.equal('may-fail');
    expect(answer.explanation).to.include('only 1 of 2');
    expect(answer.instances[1]?.reason).to.include("no operation 'reserve'");
  });

  it('warns of one that does not answer', () => {
    const answer = why([entry('a', ['reserve'])], { answers: new Map() });
    expect(answer.verdict).to.equal('may-fail');
    expect(answer.instances[0]?.reason).to.include('did not answer');
  });

  it('says what operation was meant', () => {
    expect(why([entry('a', ['reserve'])], { operation: 'reserv' })).to.include({
      verdict: 'not-offered',
      mend: "Did you mean 'reserve'?",
    });
  });

  it('says when all are out, and when nobody is there', () => {
    const out = why([entry('a', ['reserve'], { state: 'unroutable', against: ['refused'] })]);
    expect(out).to.include({ verdict: 'nobody' });
    expect(out.explanation).to.include('UNAVAILABLE').and.include('out');
    const nobody = why([entry('a', ['reserve'])], { service: '@shop/stok' });
    expect(nobody).to.include({ verdict: 'nobody', mend: "Did you mean '@shop/stock'?" });
  });

  it('says which source of discovery is down when nobody is there', () => {
    const answer = why([], { sources: [{ name: 'redis', state: 'down', detail: 'refused' }] });
    expect(answer.mend).to.include('redis is down');
  });

  it('tells of those that only a nucleus remembers', () => {
    const lost = {
      id: 'f'.repeat(32),
      endpoint: 'tcp://127.0.0.1:1',
      eventsEndpoint: 'tcp://127.0.0.1:2',
      host: 'h',
      revision: 1,
      health: 'lost',
      reason: 'refused',
      since: 0,
      sources: [],
      services: [{ name: service, version: '1.0.0' }],
    } as const;
    const { instances } = why([entry('a', ['reserve'])], { nucleus: [lost] });
    expect(instances[1]).to.include({ isIn: false, reason: 'lost: refused' });
    expect(instances[1]?.sources).to.deep.equal(['nucleus']);
  });
});
