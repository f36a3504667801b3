import { expect } from 'chai';
import { StatsPoller, type StatsPollerOptions } from '../../../../nucleus/daemon/stats-poller.js';
import type { InstanceRecord } from '../../../../nucleus/instance-record.js';
import { aMesh, offering } from './support.js';

interface Question {
  readonly at: number;
  readonly instance: string;
  readonly service: string;
}

const lateError = Object.assign(new Error('late'), { code: 'DEADLINE_EXCEEDED' });

describe('the poller of statistics', () => {
  /** Asks into a list; what is answered is up to `answer`. */
  function start(
    answer: (question: Question) => Promise<unknown> = async () => ({}),
    over: Partial<StatsPollerOptions> = {},
  ) {
    const mesh = aMesh();
    const { clock, directory } = mesh;
    const asked: Question[] = [];
    const told: string[] = [];
    const poller = new StatsPoller({
      clock,
      directory,
      model: {
        told: (instance, service, _, ms) => told.push(`told ${service} ${ms}`) > 0,
        silent: (instance, ms) => void told.push(`silent ${ms}`),
      },
      source: {
        stats: (instance, service) => {
          const question = { at: clock.now(), instance, service };
          asked.push(question);
          return answer(question);
        },
      },
      ...over,
    });
    return { ...mesh, poller, asked, told };
  }
  const wait = (clock: { after(ms: number, run: () => void): unknown }, ms: number) =>
    new Promise<void>((resolve) => clock.after(ms, resolve));

  it('asks each instance for each of its services, spread evenly over 2 s, again and again', async () => {
    const { poller, join, asked, clock } = start();
    const services = [offering('@a/one'), offering('@a/two')];
    const records = Array.from({ length: 10 }, () => join({ services }));
    poller.start();
    await clock.advance(2000);
    asked.length = 0;
    await clock.advance(2000);
    expect(asked).to.have.length(20);
    expect(new Set(asked.map(({ instance, service }) => instance + service)).size).to.equal(20);
    const perTick = new Map<number, number>();
    for (const { at } of asked) perTick.set(at, (perTick.get(at) ?? 0) + 1);
    expect(Math.max(...perTick.values())).to.be.at.most(2);
    expect(records).to.have.length(10);
    poller.close();
  });

  it('takes longer for a round where there are many, and stays below its rate', async () => {
    const { poller, join, asked, clock } = start(undefined, { rate: 100 });
    for (let n = 0; n < 500; n++) join({ services: [offering('@a/one')] });
    poller.start();
    await clock.advance(5000);
    asked.length = 0;
    await clock.advance(5000);
    expect(asked.length).to.be.within(480, 510);
    expect(new Set(asked.map(({ instance }) => instance)).size).to.be.within(480, 500);
    poller.close();
  });

  it('asks who is new, or offers something new, at once', async () => {
    const { poller, join, asked, clock, directory } = start();
    poller.start();
    await clock.advance(500);
    const record: InstanceRecord = join({ services: [offering('@a/one')] });
    await clock.advance(100);
    expect(asked.map(({ service }) => service)).to.deep.equal(['@a/one']);
    directory.offer({ ...record, revision: 2, services: [offering('@a/two')] }, 'registry');
    await clock.advance(100);
    expect(asked.map(({ service }) => service)).to.deep.equal(['@a/one', '@a/two']);
    poller.close();
  });

  it('has no more than its limit under way', async () => {
    let running = 0;
    let most = 0;
    const { poller, join, clock, asked } = start(
      async () => {
        most = Math.max(most, ++running);
        await wait(clock, 1000);
        running--;
        throw lateError;
      },
      { concurrency: 4 },
    );
    for (let n = 0; n < 20; n++) join();
    poller.start();
    await clock.advance(4500);
    expect(most).to.equal(4);
    expect(asked.length).to.be.within(15, 20);
    poller.close();
  });

  it('tells how long an answer took, and of silence', async () => {
    const { poller, join, told, clock } = start(async ({ service }) => {
      if (service === '@a/fast') return {};
      await wait(clock, 700);
      if (service === '@a/slow') return {};
      throw service === '@a/silent' ? lateError : new Error('not connected');
    });
    join({
      services: [offering('@a/fast'), offering('@a/slow'), offering('@a/silent'), offering('@a/gone')],
    });
    poller.start();
    await clock.advance(1000);
    expect(new Set(told)).to.deep.equal(new Set(['told @a/fast 0', 'told @a/slow 700', 'silent 1000']));
    poller.close();
  });

  it('asks who was silent for one service only, until it answers', async () => {
    let silent = true;
    const { poller, join, asked, clock } = start(async () => {
      if (silent) throw lateError;
      return {};
    });
    join({ services: [offering('@a/one'), offering('@a/two'), offering('@a/three')] });
    poller.start();
    await clock.advance(4000);
    asked.length = 0;
    await clock.advance(2000);
    expect(asked.map(({ service }) => service)).to.deep.equal(['@a/one']);
    silent = false;
    await clock.advance(4000);
    asked.length = 0;
    await clock.advance(2000);
    expect(asked).to.have.length(3);
    poller.close();
  });

  it('holds nothing against anybody while it was held up itself', async () => {
    const { poller, join, told, clock, directory } = start(async () => {
      await wait(clock, 900);
      throw lateError;
    });
    // A clock that runs on while no timer fires, as when this process stands still.
    const now = clock.now.bind(clock);
    join();
    poller.start();
    await clock.advance(850);
    clock.now = () => now() + 2000;
    await clock.advance(60);
    expect(told).to.deep.equal([]);
    expect(directory.list()).to.have.length(1);
    poller.close();
  });

  it('leaves alone whom nothing is sent to, and whom it was told to hide', async () => {
    const hidden = 'f'.repeat(32);
    const { poller, join, asked, clock, directory } = start(undefined, { hidden: (id) => id === hidden });
    directory.observe(join().id, 'disconnected');
    join({ id: hidden });
    join({ services: [] });
    poller.start();
    await clock.advance(3000);
    expect(asked).to.deep.equal([]);
    poller.close();
  });

  it('tells nothing any more once it is closed, and leaves no timer', async () => {
    const { poller, join, told, clock, model, directory } = start(async () => {
      await wait(clock, 100);
      return {};
    });
    join();
    poller.start();
    await clock.advance(50);
    poller.close();
    await clock.advance(200);
    expect(told).to.deep.equal([]);
    model.close();
    directory.close();
    expect(clock.pending).to.equal(0);
  });
});
