import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  BacklogFull,
  type DurableGroup,
  type DurableLog,
  type GroupLog,
  GroupLost,
  type LogEntry,
  PARTITIONS,
} from '../../lib/durable/durable-log.js';
import { eventually } from '../support/eventually.js';

/** How one implementation is made. */
export interface LogUnderTest {
  readonly setup: () => Promise<void>;
  readonly cleanup: () => Promise<void>;
  /** A log of an environment; several of one environment share what is in it. */
  readonly create: (environment: string, maxBacklog?: number) => DurableLog;
}

const ALL = Array.from({ length: PARTITIONS }, (_, partition) => partition);
const MAIL: DurableGroup = { service: '@shop/mail', topic: 'order.placed', from: undefined };
const AUDIT: DurableGroup = { service: '@shop/audit', topic: 'order.>', from: '@shop/orders' };

const entry = (text: string, over: Partial<LogEntry> = {}): LogEntry => ({
  topic: 'order.placed',
  by: ['@shop/orders'],
  key: undefined,
  text,
  ...over,
});

/** What every durable log does. */
export function durableLogConformance(name: string, { setup, cleanup, create }: LogUnderTest): void {
  describe(`durable log, ${name}`, () => {
    let environment: string;
    const logs: DurableLog[] = [];
    const open = (maxBacklog?: number): DurableLog => {
      const log = create(environment, maxBacklog);
      logs.push(log);
      return log;
    };
    const attend = (group: GroupLog, instance: string, over = {}) =>
      group.attend({ instance, lease: 60_000, gone: [], give: [], ...over });

    before(setup);
    after(cleanup);
    beforeEach(() => (environment = `e${randomBytes(4).toString('hex')}`));
    afterEach(async () => void (await Promise.all(logs.splice(0).map((log) => log.close()))));

    it('keeps an event for each group that matches, and for no other', async () => {
      const log = open();
      await log.open(MAIL);
      await log.open(AUDIT);
      expect(await log.append(entry('a'))).to.have.deep.members([MAIL, AUDIT]);
      expect(await log.append(entry('b', { by: ['@shop/imports'] }))).to.deep.equal([MAIL]);
      expect(await log.append(entry('c', { topic: 'order.cancelled' }))).to.deep.equal([AUDIT]);
      expect(await log.append(entry('d', { topic: 'other' }))).to.deep.equal([]);
      expect(await log.groups()).to.have.deep.members([
        { ...MAIL, backlog: 2 },
        { ...AUDIT, backlog: 2 },
      ]);
    });

    it('knows of a group at once that another log has made', async () => {
      const [one, other] = [open(), open()];
      expect(await one.append(entry('a'))).to.deep.equal([]);
      for (let round = 0; round < 5; round++) {
        const group = { ...MAIL, service: `@shop/s${round}` };
        await other.open(group);
        expect(await one.append(entry('b'))).to.deep.include(group);
      }
    });

    it('gives each event once, a key’s in order and in one partition', async () => {
      const log = open();
      const group = await log.open(MAIL);
      for (let n = 0; n < 60; n++) await log.append(entry(`k${n % 3} ${n}`, { key: `k${n % 3}` }));
      const read = await group.read('i1', ALL, 100, 0);
      expect(read.map(({ text }) => text)).to.have.length(60);
      for (const key of ['k0', 'k1', 'k2']) {
        const own = read.filter(({ text }) => text.startsWith(key));
        expect(new Set(own.map(({ partition }) => partition)).size).to.equal(1);
        const numbers = own.map(({ text }) => Number(text.split(' ')[1]));
        expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
      }
      expect(await group.read('i1', ALL, 100, 0)).to.deep.equal([]);
    });

    it('waits for the first event', async () => {
      const log = open();
      const group = await log.open(MAIL);
      const reading = group.read('i1', ALL, 10, 5000);
      await log.append(entry('late'));
      expect((await reading).map(({ text }) => text)).to.deep.equal(['late']);
    });

    it('waits for parts of a millisecond too, as a clock with fractions asks for', async () => {
      const group = await open().open(MAIL);
      expect(await group.read('i1', ALL, 10, 12.345)).to.deep.equal([]);
      expect(await group.read('i1', ALL, 10, 0.5)).to.deep.equal([]);
    });

    it('counts an event until it is settled, and lets another adopt what was only read', async () => {
      const log = open();
      const group = await log.open(MAIL);
      await log.append(entry('a', { key: 'k' }));
      await log.append(entry('b', { key: 'k' }));
      const [a] = await group.read('i1', ALL, 10, 0);
      await group.settle(a!);
      await group.settle(a!);
      expect((await attend(group, 'i2')).backlog).to.equal(1);
      const [b, ...rest] = await group.adopt('i2', a!.partition);
      expect(rest).to.deep.equal([]);
      // To be adopted is not to be begun.
      expect(b).to.include({ text: 'b', deliveries: 1 });
      expect(await group.begin('i2', b!)).to.equal(true);
      expect(await group.adopt('i3', a!.partition)).to.deep.equal([{ ...b, deliveries: 2 }]);
      await group.settle(b!);
      expect(await group.begin('i2', b!)).to.equal(false);
      expect((await attend(group, 'i2')).backlog).to.equal(0);
    });

    it('shares the partitions among the instances, and gives those of one that has left to the others', async () => {
      const group = await open().open(MAIL);
      expect((await attend(group, 'i1')).partitions).to.have.length(PARTITIONS);
      const none = await attend(group, 'i2');
      expect(none).to.deep.include({ partitions: [], share: PARTITIONS / 2 });
      const { partitions, share } = await attend(group, 'i1');
      const kept = (await attend(group, 'i1', { give: partitions.slice(share) })).partitions;
      const taken = (await attend(group, 'i2')).partitions;
      expect([...kept, ...taken].sort((a, b) => a - b)).to.deep.equal(ALL);
      await attend(group, 'i1', { lease: 0 });
      expect((await attend(group, 'i2')).partitions).to.have.length(PARTITIONS);
    });

    it('frees what an instance has when it is known to have ended, or its lease is over', async () => {
      const group = await open().open(MAIL);
      await attend(group, 'i1');
      expect((await attend(group, 'i2', { gone: ['i1'] })).partitions).to.have.length(PARTITIONS);
      await attend(group, 'i2', { lease: 30 });
      await eventually(async () => (await attend(group, 'i3')).partitions.length === PARTITIONS);
    });

    it('refuses an event, for all groups, when one of them is full', async () => {
      const log = open(3);
      await log.open(MAIL);
      for (let n = 0; n < 3; n++) await log.append(entry('x'));
      await log.open(AUDIT);
      const error = await log.append(entry('x')).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(BacklogFull);
      expect((error as BacklogFull).group).to.deep.equal(MAIL);
      expect((await log.groups()).map(({ backlog }) => backlog).sort()).to.deep.equal([0, 3]);
    });

    it('keeps what was given up, once, to be listed, replayed and dropped', async () => {
      const log = open();
      const group = await log.open(MAIL);
      for (const text of ['a', 'b', 'c']) await log.append(entry(text, { key: 'k' }));
      const read = await group.read('i1', ALL, 10, 0);
      for (const delivery of read) {
        await group.settle({ ...delivery, deliveries: 5 }, { error: 'no', at: 7 });
        await group.settle(delivery, { error: 'again', at: 8 });
      }
      const [a, b, c, ...rest] = await log.dead.list(10);
      expect(rest).to.deep.equal([]);
      expect(a).to.deep.include({
        group: MAIL,
        error: 'no',
        at: 7,
        deliveries: 5,
        text: 'a',
        original: read[0]!.id,
      });
      expect(await log.dead.list(1, a!.id)).to.deep.equal([b]);
      expect(await log.dead.get(b!.id)).to.deep.equal(b);
      expect(await log.dead.replay(a!.id)).to.equal(true);
      expect(await log.dead.replay(a!.id)).to.equal(false);
      const [again] = await group.read('i1', ALL, 10, 0);
      expect(again).to.include({ text: 'a', deliveries: 1, partition: read[0]!.partition });
      expect(await log.dead.drop(b!.id)).to.equal(true);
      expect(await log.dead.drop(b!.id)).to.equal(false);
      expect(await log.dead.list(10)).to.deep.equal([c]);
      expect(await log.dead.get('nonsense')).to.equal(undefined);
    });

    it('forgets a group with what waits in it', async () => {
      const log = open();
      const group = await log.open(MAIL);
      await log.append(entry('a'));
      expect(await log.forget(MAIL)).to.equal(1);
      expect(await log.forget(MAIL)).to.equal(undefined);
      expect(await log.append(entry('a'))).to.deep.equal([]);
      expect(await group.read('i1', ALL, 1, 0).catch((error: unknown) => error)).to.be.instanceOf(GroupLost);
    });
  });
}
