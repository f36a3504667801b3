import { expect } from 'chai';
import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import { Broker } from '../../../../nucleus/daemon/broker.js';
import { EnvironmentStore } from '../../../../nucleus/daemon/environment-store.js';
import { LiveDirectory } from '../../../../nucleus/live-directory.js';
import { silentLogger } from '../../../../nucleus/logger.js';
import type { RegistryChange } from '../../../../nucleus/registry/redis-layout.js';
import { aRecord } from '../../../support/records.js';

describe('the broker', () => {
  let clock: FakeClock;
  let directory: LiveDirectory;
  let store: EnvironmentStore;
  let broker: Broker;
  let told: RegistryChange[];
  const connected = new Set<string>();
  beforeEach(() => {
    clock = new FakeClock();
    connected.clear();
    told = [];
    directory = new LiveDirectory({
      self: 'self',
      environment: 'test',
      host: 'host-a',
      clock,
      logger: silentLogger,
    });
    store = new EnvironmentStore({ clock, ask: async () => 'unknown' });
    store.open();
    store.watch((change) => void told.push(change));
    broker = new Broker({ directory, store, connected: (id) => connected.has(id), clock });
    broker.open();
  });
  afterEach(async () => {
    broker.close();
    directory.close();
    await store.close();
  });

  it('relays whom it is in touch with, and nobody else', async () => {
    const [near, far] = [aRecord(), aRecord()];
    directory.offer(near, 'beacon');
    directory.offer(far, 'beacon');
    connected.add(near.id);
    await clock.advance(1000);
    expect([...store.records()]).to.deep.equal([near]);
  });

  it('relays no longer who does not answer, and again who does', async () => {
    const record = aRecord();
    directory.offer(record, 'beacon');
    connected.add(record.id);
    await clock.advance(1000);
    directory.observe(record.id, 'unanswered');
    expect(told).to.deep.equal([{ put: record }, { lost: record.id }]);
    directory.observe(record.id, 'answered');
    expect([...store.records()]).to.deep.equal([record]);
  });

  it('takes out what the dead leave, by two signs', () => {
    const record = aRecord();
    store.put(record);
    directory.offer(record, 'registry');
    directory.observe(record.id, 'disconnected');
    expect([...store.records()], 'one sign').to.deep.equal([record]);
    directory.observe(record.id, 'refused');
    expect([...store.records()]).to.be.empty;
    expect(told.at(-1)).to.deep.equal({ lost: record.id });
  });

  it('never takes out who is merely silent', async () => {
    const record = aRecord();
    store.put(record);
    directory.offer(record, 'beacon');
    directory.observe(record.id, 'beacon-silent');
    for (let at = 0; at < 20; at++) {
      store.put(record); // its owner goes on
      await clock.advance(4000);
    }
    expect(directory.get(record.id), 'nobody spoke for it').to.equal(undefined);
    expect([...store.records()]).to.deep.equal([record]);
  });

  it('passes a goodbye on, which is final', () => {
    const record = aRecord();
    store.put(record);
    directory.offer(record, 'peer');
    directory.observe(record.id, 'goodbye');
    expect(told.at(-1)).to.deep.equal({ gone: record.id });
    expect(store.put(record)).to.equal(false);
  });
});
