import { expect } from 'chai';
import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import { EnvironmentStore } from '../../../../nucleus/daemon/environment-store.js';
import type { InstanceRecord } from '../../../../nucleus/instance-record.js';
import { LEASE_MS, type RegistryChange } from '../../../../nucleus/registry/redis-layout.js';
import type { RegistryListener, RelayRegistry } from '../../../../nucleus/registry/registry.js';
import { aRecord } from '../../../support/records.js';

/** Stands in for Redis: notes what it is told, and speaks when a spec says so. */
class FakeBacking implements RelayRegistry {
  listener: RegistryListener = { found() {}, left() {}, lost() {} };
  readonly relayed = new Map<string, InstanceRecord>();
  readonly said: string[] = [];
  open(listener: RegistryListener): void {
    this.listener = listener;
  }
  put(): void {}
  async remove(): Promise<void> {}
  async close(): Promise<void> {}
  status = () => ({ name: 'fake', state: 'up', detail: '' }) as const;
  relay(record: InstanceRecord): void {
    this.relayed.set(record.id, record);
  }
  unrelay(instance: string): void {
    this.relayed.delete(instance);
  }
  depart(instance: string): void {
    this.said.push(`depart ${instance}`);
  }
  evict(instance: string, revision: number): void {
    this.said.push(`evict ${instance} ${revision}`);
  }
}

describe("a nucleus's store", () => {
  let clock: FakeClock;
  let frozenFor: number;
  let backing: FakeBacking;
  let store: EnvironmentStore;
  let told: RegistryChange[];
  let owned: RegistryChange[];
  let asked: string[];
  let answer: 'answered' | 'silent' | 'unknown';
  beforeEach(() => {
    clock = new FakeClock();
    backing = new FakeBacking();
    [told, owned, asked] = [[], [], []];
    answer = 'silent';
    frozenFor = 0;
    store = new EnvironmentStore({
      clock: {
        now: () => clock.now() + frozenFor,
        wallTime: () => clock.wallTime(),
        after: (ms, callback) => clock.after(ms, callback),
      },
      backing,
      ask: async ({ id }) => {
        asked.push(id);
        return answer;
      },
    });
    store.open();
    store.watch((change) => void told.push(change));
    store.watchOwned((change) => void owned.push(change));
  });
  afterEach(() => store.close());

  const served = (): InstanceRecord[] => [...store.records()];

  it('serves what owners put while they renew it, and tells once', async () => {
    const record = aRecord();
    for (let at = 0; at < 4; at++) {
      store.put(record);
      await clock.advance(LEASE_MS / 2);
    }
    expect(served()).to.deep.equal([record]);
    expect(told).to.deep.equal([{ put: record }]);
    await clock.advance(LEASE_MS);
    expect(served()).to.be.empty;
    expect(told).to.deep.equal([{ put: record }, { lost: record.id }]);
    expect(owned).to.deep.equal(told);
  });

  it('takes newer revisions, and no older ones', () => {
    const record = aRecord({ revision: 5 });
    store.put(record);
    store.put({ ...record, revision: 4 });
    store.put({ ...record, revision: 6 });
    expect(told).to.deep.equal([{ put: record }, { put: { ...record, revision: 6 } }]);
  });

  it('believes a goodbye for good', () => {
    const record = aRecord();
    store.put(record);
    store.depart(record.id);
    expect(store.put(record)).to.equal(false);
    store.relay(record);
    expect(served()).to.be.empty;
    expect(told).to.deep.equal([{ put: record }, { gone: record.id }]);
    expect(backing.said).to.deep.equal([`depart ${record.id}`]);
    expect([...backing.relayed]).to.be.empty;
  });

  it('takes out who is dead, unless a newer record is there, and takes it back when it is put again', () => {
    const record = aRecord({ revision: 3 });
    store.put(record);
    store.evict(record.id, 2);
    expect(served()).to.deep.equal([record]);
    store.evict(record.id, 3);
    expect(served()).to.be.empty;
    expect(told.at(-1)).to.deep.equal({ lost: record.id });
    store.put(record);
    expect(served()).to.deep.equal([record]);
  });

  it('serves what the nucleus relays, and says of it nothing to the own directory', async () => {
    const record = aRecord();
    store.relay(record);
    await clock.advance(5 * LEASE_MS);
    expect(served()).to.deep.equal([record]);
    store.unrelay(record.id);
    expect(told).to.deep.equal([{ put: record }, { lost: record.id }]);
    expect(owned).to.be.empty;
  });

  it('serves on what is still relayed when its lease runs out, and tells the own directory that it did', async () => {
    const record = aRecord();
    store.put(record);
    store.relay(record);
    await clock.advance(2 * LEASE_MS);
    expect(served()).to.deep.equal([record]);
    expect(told).to.deep.equal([{ put: record }]);
    expect(owned).to.deep.equal([{ put: record }, { lost: record.id }]);
  });

  it('keeps up in the backing registry what is given here, until its owner does so itself', () => {
    const record = aRecord();
    store.put(record);
    expect([...backing.relayed.values()]).to.deep.equal([record]);
    const newer = { ...record, revision: 2 };
    backing.listener.found(newer);
    expect([...backing.relayed]).to.be.empty;
    backing.listener.lost(record.id);
    expect([...backing.relayed.values()]).to.deep.equal([newer]);
  });

  it('serves what it finds in the backing registry as soon as the instance has answered', async () => {
    answer = 'answered';
    const record = aRecord();
    backing.listener.found(record);
    expect(served()).to.be.empty;
    await clock.advance(0);
    expect(served()).to.deep.equal([record]);
    backing.listener.lost(record.id);
    expect(told).to.deep.equal([{ put: record }, { lost: record.id }]);
  });

  it('serves who does not answer here once it has outlived a lease, which the dead do not', async () => {
    const [alive, dead] = [aRecord(), aRecord()];
    for (const record of [alive, dead]) backing.listener.found(record);
    await clock.advance(LEASE_MS / 2);
    for (const record of [alive, dead]) backing.listener.found(record);
    await clock.advance(LEASE_MS / 2 + 100);
    backing.listener.found(alive);
    backing.listener.lost(dead.id);
    expect(served()).to.deep.equal([alive]);
    expect(asked.filter((id) => id === dead.id)).to.have.length(2);
  });

  it('is idle when nobody watches it and it speaks for nobody', async () => {
    expect(store.isIdle, 'watched').to.equal(false);
    const idle = new EnvironmentStore({ clock, backing, ask: async () => 'answered' });
    idle.open();
    expect(idle.isIdle, 'empty').to.equal(true);
    for (const watch of [() => idle.watch(() => undefined), () => idle.watchOwned(() => undefined)]) {
      const unwatch = watch();
      expect(idle.isIdle, 'watched').to.equal(false);
      unwatch();
      expect(idle.isIdle, 'not watched any more').to.equal(true);
    }
    const [given, relayed, backed] = [aRecord(), aRecord(), aRecord()];
    idle.put(given);
    idle.relay(relayed);
    backing.listener.found(backed);
    await clock.advance(LEASE_MS / 2);
    idle.unrelay(relayed.id);
    expect(idle.isIdle, 'with a lease').to.equal(false);
    idle.relay(relayed);
    await clock.advance(LEASE_MS);
    expect(idle.isIdle, 'relaying').to.equal(false);
    idle.unrelay(relayed.id);
    expect([...idle.records()]).to.deep.equal([backed]);
    expect(idle.isIdle, "with another's word only").to.equal(true);
    await idle.close();
  });

  it('counts no lease as run out that could not be renewed while it was frozen itself', async () => {
    const record = aRecord();
    store.put(record);
    frozenFor = 10 * LEASE_MS; // time goes on, and no timer fires
    await clock.advance(1000);
    expect(served()).to.deep.equal([record]);
    await clock.advance(LEASE_MS);
    expect(served()).to.be.empty;
  });
});
