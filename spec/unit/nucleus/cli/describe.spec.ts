import { expect } from 'chai';
import { collectStats, describeVersions } from '../../../../nucleus/cli/describe.js';
import type { Mesh } from '../../../../nucleus/cli/mesh.js';
import type { DirectoryEntry } from '../../../../nucleus/directory.js';
import { aRecord } from '../../../support/records.js';

const service = '@shop/stock';
const entry = (id: string): DirectoryEntry => ({
  record: aRecord({
    id: id.padEnd(32, '0'),
    services: [{ name: service, version: '1.0.0', operations: [], lexemes: [] }],
  }),
  state: 'routable',
  against: [],
  sources: ['beacon'],
});
const entries = [entry('a'), entry('b')];

/** Instance `a` answers as it is told to, `b` as it should. */
function meshWith(answer: unknown, good: unknown): Mesh {
  const request = (_: string, __: string, ___: unknown, { instance }: { instance: string }) =>
    Promise.resolve(instance.startsWith('a') ? answer : good);
  return { entries: () => entries, client: { request } } as unknown as Mesh;
}

describe('what instances answer of themselves', () => {
  const latency = { p50: 1, p90: 1, p99: 1, max: 1 };
  const view = { count: 3, inFlight: 0, errors: { INTERNAL: 1 }, latency, callers: { '': 3 } };
  const stats = {
    operations: { reserve: view },
    events: {},
    listeners: [{ service: '@shop/web', topic: 'price.*', instances: 2 }],
  };

  it('is taken as it came', async () => {
    const told = await collectStats(meshWith(stats, stats), service, entries, 100);
    expect(told.map((instance) => instance.stats)).to.deep.equal([stats, stats]);
  });

  it('is no answer when it is something else', async () => {
    for (const answer of [null, 'no', 7, [], {}, { operations: null, events: {} }, { operations: {} }]) {
      const told = await collectStats(meshWith(answer, stats), service, entries, 100);
      expect(told.map((instance) => instance.stats)).to.deep.equal([undefined, stats]);
    }
  });

  it('loses what cannot be true', async () => {
    const answer = {
      operations: { reserve: { ...view, errors: null, callers: 'x' }, ship: { count: -1 }, '\u001b': view },
      events: { 'price.changed': null },
      listeners: 'nobody',
      durable: 5,
    };
    const [told] = await collectStats(meshWith(answer, stats), service, entries, 100);
    expect(told?.stats).to.deep.equal({
      operations: { reserve: { ...view, errors: {}, callers: {} } },
      events: {},
      listeners: [],
    });
  });

  it('is put together where instances of one version offer different things', async () => {
    const offering = (id: string, operation: string): DirectoryEntry => {
      const operations = [{ name: operation, method: operation }];
      return {
        ...entry(id),
        record: {
          ...entry(id).record,
          services: [{ name: service, version: '1.0.0', operations, lexemes: [] }],
        },
      };
    };
    const detail = (operation: string): object => ({
      name: service,
      version: '1.0.0',
      metadata: {},
      operations: [{ name: operation, method: operation, accepts: 'any', returns: 'any' }],
      events: [{ topic: `${operation}.done`, delivery: 'group', accepts: 'any' }],
      lexemes: {},
    });
    const mesh = meshWith(detail('reserve'), detail('ship'));
    const two = { ...mesh, entries: () => [offering('a', 'reserve'), offering('b', 'ship')] };
    const told = await describeVersions(two, service, 100);
    expect(told.map(({ operations }) => operations.map(({ name }) => name))).to.deep.equal([
      ['reserve', 'ship'],
    ]);
    expect(told[0]?.events.map(({ topic }) => topic)).to.deep.equal(['reserve.done', 'ship.done']);
  });

  it('is asked of another instance when the description is none', async () => {
    const good = { name: service, version: '1.0.0', metadata: {}, operations: [], events: [], lexemes: {} };
    for (const answer of [null, {}, { ...good, name: '@shop/other' }]) {
      expect(await describeVersions(meshWith(answer, good), service, 100)).to.deep.equal([good]);
    }
    expect(await describeVersions(meshWith({ ...good, operations: null }, good), service, 100)).to.deep.equal(
      [good],
    );
  });
});
