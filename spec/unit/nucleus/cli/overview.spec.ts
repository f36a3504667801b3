import { expect } from 'chai';
import { servicesTable } from '../../../../nucleus/cli/commands/ps.js';
import {
  narrowed,
  type Overview,
  overviewOfDirectory,
  withoutLost,
} from '../../../../nucleus/cli/overview.js';
import { matcher } from '../../../../nucleus/cli/pattern.js';
import type { DirectoryEntry } from '../../../../nucleus/directory.js';
import { aRecord } from '../../../support/records.js';

const entry = (name: string, version: string, over: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  record: aRecord({ services: [{ name, version, operations: [], lexemes: [] }] }),
  state: 'routable',
  against: [],
  sources: ['registry'],
  ...over,
});

describe('the overview', () => {
  const overview = overviewOfDirectory(
    [
      entry('@b/two', '2.0.0', { state: 'unroutable', against: ['draining'] }),
      entry('@b/two', '1.0.0', { against: ['lease-lost'] }),
      entry('@a/one', '1.0.0'),
    ],
    'e',
  );

  it('has services in order, with their versions, as well as their best instance', () => {
    expect(overview.services).to.deep.equal([
      {
        name: '@a/one',
        versions: ['1.0.0'],
        health: 'alive',
        instances: { alive: 1, slow: 0, draining: 0, lost: 0 },
      },
      {
        name: '@b/two',
        versions: ['1.0.0', '2.0.0'],
        health: 'slow',
        instances: { alive: 0, slow: 1, draining: 1, lost: 0 },
      },
    ]);
  });

  it('says what speaks against an instance', () => {
    expect(overview.instances.map(({ reason }) => reason)).to.deep.equal([
      'it is draining',
      'its lease in the registry ran out',
      '',
    ]);
  });

  it('is narrowed by a pattern, instances too', () => {
    const { services, instances } = narrowed(overview, '@a/*');
    expect(services.map(({ name }) => name)).to.deep.equal(['@a/one']);
    expect(instances).to.have.length(1);
  });
});

describe('the overview without what was lost', () => {
  it('has neither lost instances nor services and versions that only they had', () => {
    const instance = (id: string, health: 'alive' | 'lost', name: string, version: string) => ({
      id,
      health,
      reason: '',
      endpoint: '',
      sources: [],
      services: [{ name, version }],
    });
    const none = { alive: 0, slow: 0, draining: 0, lost: 0 };
    const overview: Overview = {
      environment: 'e',
      toldBy: 'nucleus',
      services: [
        { name: '@a/gone', versions: ['1.0.0'], health: 'lost', instances: { ...none, lost: 1 } },
        {
          name: '@a/left',
          versions: ['1.0.0', '2.0.0'],
          health: 'alive',
          instances: { ...none, alive: 1, lost: 1 },
        },
      ],
      instances: [
        instance('a', 'lost', '@a/gone', '1.0.0'),
        instance('b', 'lost', '@a/left', '1.0.0'),
        instance('c', 'alive', '@a/left', '2.0.0'),
      ],
    };
    const { services, instances } = withoutLost(overview);
    expect(services).to.deep.equal([
      { name: '@a/left', versions: ['2.0.0'], health: 'alive', instances: { ...none, alive: 1 } },
    ]);
    expect(instances.map(({ id }) => id)).to.deep.equal(['c']);
  });
});

describe('a pattern of services', () => {
  it('is a part of the name, or the whole with *', () => {
    expect(matcher('two')('@b/two')).to.equal(true);
    expect(matcher('@b/*')('@b/two')).to.equal(true);
    expect(matcher('b*')('@b/two')).to.equal(false);
    expect(matcher('@b.two')('@b/two')).to.equal(false);
    expect(matcher('@b/t.*')('@b/two')).to.equal(false);
  });

  it('says of durable events how many were given up', () => {
    const durable = [{ topic: 'a', backlog: 5, held: 2, undelivered: 3, retrying: 1, deadLettered: 3 }];
    const instances = { alive: 1, slow: 0, draining: 0, lost: 0 };
    const row = { name: '@a/b', versions: ['1.0.0'], health: 'alive', instances, durable } as const;
    const text = servicesTable({ environment: 'test', toldBy: 'a nucleus', services: [row], instances: [] });
    expect(text)
      .to.match(/ WAITING +RETRYING +GIVEN UP$/m)
      .and.to.match(/ 5 +1 +3$/m);
  });
});
