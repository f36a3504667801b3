import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { BeaconMessage } from '../../../nucleus/beacon/beacon.js';
import { BeaconTalk } from '../../../nucleus/beacon/beacon-talk.js';
import { MemoryBeacon, MemoryBeaconHub } from '../../../nucleus/beacon/memory-beacon.js';
import { seeded } from '../../support/seeded.js';
import { aRecord } from '../../support/records.js';

describe('BeaconTalk', () => {
  let clock: FakeClock;
  let hub: MemoryBeaconHub;
  let random: () => number;
  let talks: { talk: BeaconTalk; id: string; heard: Map<string, number>; silent: string[] }[];

  beforeEach(() => {
    clock = new FakeClock();
    random = seeded(7);
    hub = new MemoryBeaconHub();
    talks = [];
  });
  afterEach(async () => {
    for (const { talk } of talks) await talk.close();
    expect(clock.pending).to.equal(0);
  });

  /** One that talks; `heard` holds when it first heard of whom. */
  function join({ announce = true, environment = 'test' } = {}) {
    const record = aRecord({ environment });
    const heard = new Map<string, number>();
    const silent: string[] = [];
    const beacon = new MemoryBeacon(hub);
    const talk = new BeaconTalk(
      { self: record.id, environment, host: 'host-a', beacon, clock, random },
      {
        heard: ({ instance, revision }) => {
          if (revision > 0 && !heard.has(instance)) heard.set(instance, clock.now());
        },
        silent: (instance) => void silent.push(instance),
      },
    );
    talk.open();
    if (announce) talk.announce(record);
    const joined = { talk, id: record.id, heard, silent, record };
    talks.push(joined);
    return joined;
  }

  function overhear(): BeaconMessage[] {
    const messages: BeaconMessage[] = [];
    hub.join({ heard: (message) => void messages.push(message), up() {} });
    return messages;
  }

  it('is heard, and hears those who were there, within 0.5 s', async () => {
    const old = join();
    await clock.advance(60_000);
    const late = join();
    const begin = clock.now();
    await clock.advance(500);
    expect(old.heard.get(late.id)! - begin).to.be.below(200);
    expect(late.heard.get(old.id)! - begin).to.be.below(500);
  });

  it('is known to everybody within 3 s when 5 % of the datagrams are lost, 60 instances at once', async () => {
    hub = new MemoryBeaconHub({ loss: 0.05, random: seeded(11) });
    for (let i = 0; i < 60; i++) join();
    await clock.advance(3000);
    for (const { heard } of talks) expect(heard.size).to.equal(59);
  }).timeout(20_000);

  it('stays near 200 datagrams a second however many there are', async () => {
    for (let i = 0; i < 400; i++) join();
    await clock.advance(10_000);
    const before = hub.sent;
    await clock.advance(5000);
    expect((hub.sent - before) / 5).to.be.within(120, 260);
  }).timeout(30_000);

  it('answers many who ask at once with few datagrams', async () => {
    const old = join();
    await clock.advance(10_000);
    const messages = overhear();
    for (let i = 0; i < 30; i++) join({ announce: false });
    await clock.advance(700);
    const answers = messages.filter(({ instance, kind }) => instance === old.id && kind === 'here');
    expect(answers.length).to.be.within(1, 8);
  });

  it('announces a newer revision at once, and never goes back', async () => {
    const one = join();
    await clock.advance(5000);
    const messages = overhear();
    one.talk.announce({ ...one.record, revision: 3 });
    one.talk.announce({ ...one.record, revision: 2 });
    await clock.advance(0);
    expect(messages.map(({ kind, revision }) => `${kind} ${revision}`)).to.deep.equal(['here 3']);
  });

  it('tells once who has been silent for four periods, and again only after it spoke again', async () => {
    const [witness, leaver] = [join(), join()];
    await clock.advance(5000);
    await leaver.talk.close();
    await clock.advance(3000);
    expect(witness.silent).to.be.empty;
    await clock.advance(3000);
    expect(witness.silent).to.deep.equal([leaver.id]);
    await clock.advance(60_000);
    expect(witness.silent).to.have.length(1);
  });

  it('says goodbye three times and is not called silent afterwards', async () => {
    const [witness, leaver] = [join(), join()];
    await clock.advance(5000);
    const messages = overhear();
    const gone = leaver.talk.withdraw();
    await clock.advance(100);
    await gone;
    await clock.advance(20_000);
    const own = messages.filter(({ instance }) => instance === leaver.id);
    expect(own.map(({ kind }) => kind)).to.deep.equal(['goodbye', 'goodbye', 'goodbye']);
    expect(witness.silent).to.be.empty;
  });

  it('takes nobody for silent because it was frozen itself', async () => {
    const [frozen, other] = [join(), join()];
    await clock.advance(5000);
    // Its timers do not run and it hears nothing for a minute; then all timers are due at once.
    const message = { ...overheardOf(other.record), every: 1000 };
    const sleeper = new FakeClock();
    const lateClock = {
      ...sleeper,
      now: () => clock.now(),
      wallTime: () => 0,
      after: sleeper.after.bind(sleeper),
    };
    const silent: string[] = [];
    const beacon = new MemoryBeacon(new MemoryBeaconHub());
    const talk = new BeaconTalk(
      { self: frozen.id, environment: 'test', host: 'host-a', beacon, clock: lateClock, random },
      { heard() {}, silent: (instance) => void silent.push(instance) },
    );
    talk.open();
    beacon.send(message);
    await sleeper.advance(1);
    await clock.advance(60_000);
    await sleeper.advance(600);
    expect(silent).to.be.empty;
    await clock.advance(400);
    await sleeper.advance(600);
    expect(silent).to.be.empty;
    await talk.close();
  });

  it('does not hear itself nor other environments', async () => {
    const [one, foreign] = [join(), join({ environment: 'production' })];
    await clock.advance(5000);
    expect(one.heard.size).to.equal(0);
    expect(foreign.heard.size).to.equal(0);
  });

  function overheardOf(record: ReturnType<typeof aRecord>): BeaconMessage {
    const { id, environment, host, endpoint, revision } = record;
    return { kind: 'here', environment, host, instance: id, endpoint, revision, every: 1000, services: [] };
  }
});
