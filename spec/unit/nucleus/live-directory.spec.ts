import { expect } from 'chai';
import fc from 'fast-check';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { DirectoryChange, EvidenceKind, Source } from '../../../nucleus/directory.js';
import { LiveDirectory } from '../../../nucleus/live-directory.js';
import { silentLogger } from '../../../nucleus/logger.js';
import { aRecord } from '../../support/records.js';

describe('LiveDirectory', () => {
  const self = 'f'.repeat(32);
  let clock: FakeClock;
  let directory: LiveDirectory;
  let changes: DirectoryChange[];
  let logged: string[];
  let told: object[];

  beforeEach(() => {
    clock = new FakeClock();
    logged = [];
    told = [];
    const log = (_: object, message: string): void => void logged.push(message);
    const debug = (fields: object, message: string): void => void told.push({ ...fields, message });
    const logger = { ...silentLogger, error: log, warn: log, debug };
    directory = new LiveDirectory({ self, environment: 'test', host: 'host-a', clock, logger });
    changes = [];
    directory.subscribe((change) => void changes.push(change));
  });
  afterEach(() => directory.close());

  const states = (): string[] => changes.map(({ type, entry }) => `${type} ${entry.state}`);

  it('tells the log, for debugging, who came and went and why', () => {
    const record = aRecord();
    directory.offer(record, 'beacon');
    directory.observe(record.id, 'goodbye');
    const { id: instance, endpoint } = record;
    const services = record.services.map(({ name }) => name);
    const line = { instance, endpoint, services };
    expect(told).to.deep.equal([
      { ...line, state: 'routable', reason: 'found by beacon', message: 'instance added' },
      { ...line, state: 'unroutable', reason: 'said goodbye', message: 'instance removed' },
    ]);
  });

  describe('merging', () => {
    it('lists a record once, whatever the number of sources', () => {
      const record = aRecord();
      expect(directory.offer(record, 'registry')).to.equal(true);
      expect(directory.offer(record, 'beacon')).to.equal(true);
      expect(directory.list()).to.have.length(1);
      expect(directory.get(record.id)?.sources).to.deep.equal(['registry', 'beacon']);
      expect(states()).to.deep.equal(['added routable']);
    });

    it('takes the higher revision and refuses the lower one', () => {
      const record = aRecord({ revision: 2 });
      directory.offer(record, 'registry');
      expect(directory.offer({ ...record, revision: 1 }, 'beacon')).to.equal(false);
      expect(directory.offer({ ...record, revision: 3, endpoint: 'tcp://127.0.0.1:9' }, 'beacon')).to.equal(
        true,
      );
      expect(directory.get(record.id)?.record.endpoint).to.equal('tcp://127.0.0.1:9');
      expect(states()).to.deep.equal(['added routable', 'updated routable']);
    });

    it('refuses the own instance, other environments and other versions', () => {
      expect(directory.offer(aRecord({ id: self }), 'registry')).to.equal(false);
      expect(directory.offer(aRecord({ environment: 'production' }), 'registry')).to.equal(false);
      expect(directory.offer(aRecord({ v: 2 as 1 }), 'registry')).to.equal(false);
      expect(directory.list()).to.be.empty;
    });

    it('refuses loopback endpoints of other hosts, which would lead back to this one', () => {
      for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '[::1]']) {
        const record = aRecord({ host: 'host-b', endpoint: `tcp://${host}:5000` });
        expect(directory.offer(record, 'registry'), host).to.equal(false);
      }
      expect(
        directory.offer(aRecord({ host: 'host-b', endpoint: 'tcp://10.0.0.2:5000' }), 'registry'),
      ).to.equal(true);
      expect(directory.offer(aRecord({ endpoint: 'tcp://127.0.0.1:5000' }), 'registry')).to.equal(true);
    });

    it('says once how to mend an instance that other hosts cannot reach', () => {
      const far = { host: 'host-b', endpoint: 'tcp://127.0.0.1:5000' };
      directory.offer(aRecord(far), 'registry');
      directory.offer(aRecord(far), 'registry');
      expect(logged).to.have.length(1);
      expect(logged[0]).to.include('ATOM_BIND');
    });

    it('gives the same list until something changes', () => {
      const record = aRecord();
      directory.offer(record, 'registry');
      const list = directory.list();
      directory.offer(record, 'registry');
      expect(directory.list()).to.equal(list);
      directory.observe(record.id, 'disconnected');
      expect(directory.list()).not.to.equal(list);
      expect(directory.list()[0]?.state).to.equal('unroutable');
    });
  });

  describe('evidence', () => {
    for (const kind of ['disconnected', 'refused', 'unanswered', 'draining'] as const) {
      it(`is unroutable, and still known, after ${kind} alone`, () => {
        const { id } = offered();
        directory.observe(id, kind);
        directory.observe(id, kind);
        expect(directory.get(id)?.state).to.equal('unroutable');
        expect(directory.get(id)?.against).to.deep.equal([kind]);
      });
    }

    it('stays routable when only sources lost sight of it, even all of them', () => {
      const { id } = offered();
      directory.observe(id, 'lease-lost');
      directory.observe(id, 'beacon-silent');
      expect(directory.get(id)?.state).to.equal('routable');
      expect(directory.get(id)?.against).to.deep.equal(['lease-lost', 'beacon-silent']);
      expect(states()).to.deep.equal(['added routable']);
    });

    const pairs: [EvidenceKind, EvidenceKind][] = [
      ['disconnected', 'refused'],
      ['unanswered', 'disconnected'],
      ['lease-lost', 'refused'],
      ['unanswered', 'beacon-silent'],
    ];
    for (const [first, second] of pairs) {
      it(`is removed after ${first} and ${second}`, () => {
        const { id } = offered();
        directory.observe(id, first);
        directory.observe(id, second);
        expect(directory.get(id)).to.equal(undefined);
        expect(changes.at(-1)).to.include({ type: 'removed', reason: `${first} and ${second}` });
      });
    }

    it('is routable again once it is connected or answers', () => {
      const { id } = offered();
      for (const sign of ['connected', 'answered'] as const) {
        directory.observe(id, 'disconnected');
        directory.observe(id, sign);
        directory.observe(id, 'refused');
        directory.observe(id, sign);
      }
      expect(directory.get(id)).to.deep.include({ state: 'routable', against: [] });
    });

    it('forgets a source’s silence when that source speaks again', () => {
      const record = offered();
      directory.observe(record.id, 'lease-lost');
      directory.observe(record.id, 'beacon-silent');
      directory.offer(record, 'registry');
      expect(directory.get(record.id)?.against).to.deep.equal(['beacon-silent']);
      directory.offer(record, 'beacon');
      expect(directory.get(record.id)?.against).to.deep.equal([]);
    });

    it('keeps a draining instance unroutable whatever else is heard, until its goodbye', () => {
      const record = offered();
      directory.offer({ ...record, revision: 2, draining: true }, 'registry');
      directory.observe(record.id, 'connected');
      directory.offer({ ...record, revision: 3 }, 'peer');
      expect(directory.get(record.id)?.state).to.equal('unroutable');
      directory.observe(record.id, 'goodbye');
      expect(directory.get(record.id)).to.equal(undefined);
    });

    it('takes a removed instance back when a source offers it again, as after a freeze', () => {
      const record = offered();
      directory.observe(record.id, 'unanswered');
      directory.observe(record.id, 'lease-lost');
      expect(directory.get(record.id)).to.equal(undefined);
      expect(directory.offer(record, 'beacon')).to.equal(true);
      expect(directory.get(record.id)).to.deep.include({ state: 'routable', against: [] });
    });
  });

  describe('goodbye', () => {
    it('is final, also when it comes before the first offer', () => {
      const record = aRecord();
      directory.observe(record.id, 'goodbye');
      expect(directory.offer({ ...record, revision: 99 }, 'peer')).to.equal(false);
      expect(directory.list()).to.be.empty;
    });

    it('is remembered for the last 10,000 leavers only, and for 10 minutes', async () => {
      const [first, last] = [aRecord(), aRecord()];
      directory.observe(first.id, 'goodbye');
      for (let i = 0; i < 9_999; i++) directory.observe(i.toString(16).padStart(32, '0'), 'goodbye');
      expect(directory.saidGoodbye(first.id)).to.equal(true);
      directory.observe(last.id, 'goodbye');
      expect(directory.saidGoodbye(first.id)).to.equal(false);
      expect(directory.saidGoodbye(last.id)).to.equal(true);
      await clock.advance(600_000);
      expect(directory.saidGoodbye(last.id)).to.equal(false);
    });
  });

  describe('expiry', () => {
    it('removes whoever has something against it and is not spoken for during 60 s', async () => {
      const { id } = offered();
      directory.observe(id, 'unanswered');
      await clock.advance(59_999);
      expect(directory.get(id)).not.to.equal(undefined);
      await clock.advance(1);
      expect(directory.get(id)).to.equal(undefined);
      expect(clock.pending).to.equal(0);
    });

    it('keeps it as long as a source speaks for it', async () => {
      const record = offered();
      directory.observe(record.id, 'unanswered');
      await clock.advance(50_000);
      directory.offer(record, 'registry');
      await clock.advance(59_000);
      expect(directory.get(record.id)).not.to.equal(undefined);
      await clock.advance(1000);
      expect(directory.get(record.id)).to.equal(undefined);
    });

    it('never removes one that has nothing against it, however silent the sources', async () => {
      const { id } = offered();
      await clock.advance(3_600_000);
      expect(directory.get(id)?.state).to.equal('routable');
      expect(clock.pending).to.equal(0);
    });
  });

  describe('listeners', () => {
    it('are told in one order, although one of them causes further changes', () => {
      const record = aRecord();
      const seen: string[] = [];
      directory.subscribe(({ type }) => {
        if (type === 'added') directory.observe(record.id, 'refused');
      });
      directory.subscribe(({ type }) => void seen.push(type));
      directory.offer(record, 'seed');
      expect(seen).to.deep.equal(['added', 'state']);
    });

    it('that throw are logged and stop nobody', () => {
      let told = 0;
      directory.subscribe(() => {
        throw new Error('mine');
      });
      const end = directory.subscribe(() => void told++);
      directory.offer(aRecord(), 'registry');
      end();
      directory.offer(aRecord(), 'registry');
      expect(told).to.equal(1);
      expect(logged).to.have.length(2);
    });
  });

  it('converges: whatever the order, one record per id, the highest revision, no goodbye undone', () => {
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    const id = fc.constantFrom(...ids);
    const revision = fc.integer({ min: 1, max: 5 });
    const source = fc.constantFrom<Source>('registry', 'beacon', 'seed', 'peer');
    const evidence = fc.constantFrom<EvidenceKind>(
      'connected',
      'answered',
      'disconnected',
      'refused',
      'unanswered',
      'goodbye',
      'lease-lost',
      'beacon-silent',
    );
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ id, revision, source }) },
      { weight: 2, arbitrary: fc.record({ id, evidence }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new FakeClock();
        const mesh = new LiveDirectory({
          self,
          environment: 'test',
          host: 'host-a',
          clock,
          logger: silentLogger,
        });
        const mirror = new Map<string, number>();
        mesh.subscribe(({ type, entry }) => {
          if (type === 'removed') mirror.delete(entry.record.id);
          else mirror.set(entry.record.id, entry.record.revision);
        });
        const gone = new Set<string>();
        for (const step of steps) {
          if ('evidence' in step) {
            mesh.observe(step.id, step.evidence);
            if (step.evidence === 'goodbye') gone.add(step.id);
          } else {
            mesh.offer(aRecord({ id: step.id, revision: step.revision }), step.source);
          }
          const listed = mesh.list().map(({ record }) => record.id);
          expect(new Set(listed).size).to.equal(listed.length);
          for (const left of gone) expect(mesh.get(left)).to.equal(undefined);
          const view = mesh.list().map(({ record }) => [record.id, record.revision] as const);
          expect(new Map(view)).to.deep.equal(mirror);
        }
        for (const final of ids) mesh.offer(aRecord({ id: final, revision: 9 }), 'registry');
        for (const final of ids) mesh.observe(final, 'answered');
        const seen = mesh.list().map(({ record, state }) => `${record.id}@${record.revision} ${state}`);
        const expected = ids.filter((each) => !gone.has(each)).map((each) => `${each}@9 routable`);
        expect(seen).to.have.members(expected);
        mesh.close();
        expect(clock.pending).to.equal(0);
      }),
    );
  });

  function offered() {
    const record = aRecord();
    directory.offer(record, 'registry');
    return record;
  }
});
