import { expect } from 'chai';
import { narrowed, overviewOfDirectory } from '../../../../nucleus/cli/overview.js';
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
      'it is draining: it finishes what it has and takes nothing new',
      'its lease in Redis has run out',
      '',
    ]);
  });

  it('is narrowed by a pattern, instances too', () => {
    const { services, instances } = narrowed(overview, '@a/*');
    expect(services.map(({ name }) => name)).to.deep.equal(['@a/one']);
    expect(instances).to.have.length(1);
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
});
