import { expect } from 'chai';
import { Subscriber } from '../../../lib/delivery/subscriber.js';
import { AtomError } from '../../../lib/errors.js';
import { checkOf } from '../../../lib/lexicon/message-type.js';
import type { MessageContext } from '../../../lib/runtime/context.js';
import type { Gap } from '../../../lib/runtime/gap.js';
import { Deadlines } from '../../../lib/runtime/deadlines.js';
import { OperationStats } from '../../../lib/runtime/operation-stats.js';
import type { EventHandler } from '../../../lib/runtime/service-runtime.js';
import { topicMatcher } from '../../../lib/runtime/topic.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { FakeNetwork } from './support.js';

describe('the feed of a publisher', () => {
  let network: FakeNetwork;
  let subscriber: Subscriber;
  let publisher: InstanceRecord;
  let seen: unknown[];
  let gaps: Gap[];

  beforeEach(() => {
    network = new FakeNetwork();
    const deadlines = new Deadlines(network.clock);
    gaps = [];
    subscriber = new Subscriber({
      ...network.host,
      logger: network.logger,
      deadlines,
      onGap: (gap) => gaps.push(gap),
    });
    publisher = network.add('@a/publisher');
    seen = [];
    subscriber.setOwn(network.self);
  });

  const listen = (over: Partial<EventHandler> = {}) =>
    subscriber.add('@a/me', {
      topic: 'x',
      from: undefined,
      delivery: 'group',
      concurrency: 1,
      accepts: checkOf('any'),
      matches: topicMatcher('x'),
      run: (context: MessageContext) => void seen.push(context.data),
      stats: new OperationStats(),
      ...over,
    });
  /** The events link to the publisher, with its first subscription confirmed at 0. */
  const open = () => {
    network.open(publisher);
    const link = network.link(publisher);
    link.receive(link.of('sub').map(({ i }) => ({ t: 'subd', i, n: 0 })));
    return link;
  };
  const sub = { t: 'sub', i: 1, p: 'x', s: '@a/me', g: 'group' } as const;
  const event = (n: number, over = {}) => ({ t: 'evt', i: 1, n, p: 'x', d: n, ...over }) as const;

  it('subscribes at the events endpoint once there is a session, and says when it is confirmed', async () => {
    const { confirmed } = listen({ from: '@a/publisher' });
    const link = network.link(publisher);
    expect(link.remote).to.equal(publisher.eventsEndpoint);
    network.open(publisher);
    expect(link.of('sub')).to.deep.equal([
      { t: 'sub', i: 1, p: 'x', s: '@a/me', g: 'group', from: '@a/publisher' },
    ]);
    let done = false;
    void confirmed.then(() => (done = true));
    await network.clock.settle();
    expect(done).to.equal(false);
    link.receive([{ t: 'subd', i: 1, n: 0 }]);
    await confirmed;
  });

  it('says that a publisher refuses a subscription, for which nobody waits any more', async () => {
    const { confirmed } = listen({ from: '@a/publisher' });
    network.open(publisher);
    const refusal = { c: 'RESOURCE_EXHAUSTED', o: 'REJECTED', m: 'too many' } as const;
    network.link(publisher).receive([{ t: 'err', i: 1, ...refusal }]);
    let isOver = false;
    void confirmed.then(() => (isOver = true));
    await network.clock.settle();
    expect(isOver).to.equal(true);
    expect(network.logger.all.join()).to.include('refuses a subscription');
  });

  it('does not connect to who does not offer the service that is meant', () => {
    listen({ from: '@a/other' });
    expect(network.links).to.deep.equal([]);
    network.directory.offer(
      { ...publisher, revision: 2, services: [{ ...publisher.services[0]!, name: '@a/other' }] },
      'peer',
    );
    expect(network.links).to.have.length(1);
  });

  it('hands on events in order, one at a time for one publisher and topic', async () => {
    const waiting: (() => void)[] = [];
    listen({
      topic: '>',
      run: ({ topic, data }) => {
        seen.push(`${topic}${String(data)}`);
        return new Promise<void>((resolve) => waiting.push(resolve));
      },
    });
    open().receive([event(1), event(2), event(3, { p: 'y' })]);
    expect(seen).to.deep.equal(['x1', 'y3']);
    waiting[0]!();
    await network.clock.settle();
    expect(seen).to.deep.equal(['x1', 'y3', 'x2']);
  });

  it('handles as many at a time as `concurrency` says, those of one key one after another', async () => {
    const waiting = new Map<number, () => void>();
    listen({
      concurrency: 2,
      run: ({ data }) => {
        seen.push(data);
        return new Promise<void>((resolve) => waiting.set(data as number, resolve));
      },
    });
    open().receive([event(1, { k: 'a' }), event(2, { k: 'a' }), event(3, { k: 'b' }), event(4)]);
    expect(seen).to.deep.equal([1, 3]);
    waiting.get(3)!();
    await network.clock.settle();
    expect(seen).to.deep.equal([1, 3, 4]);
    waiting.get(1)!();
    await network.clock.settle();
    expect(seen).to.deep.equal([1, 3, 4, 2]);
  });

  it('counts what is missing between events, and after the last by heartbeat', () => {
    listen();
    const link = open();
    link.receive([event(1), event(4)]);
    expect(subscriber.counts).to.deep.equal({ lost: 2, received: 2 });
    link.receive([{ t: 'beat', n: [[1, 4]] }]);
    expect(subscriber.counts.lost).to.equal(2);
    link.receive([{ t: 'beat', n: [[1, 6]] }]);
    link.receive([event(7)]);
    expect(subscriber.counts).to.deep.equal({ lost: 4, received: 3 });
  });

  it('tells what is missing: to the application, to the subscription, in its stats', () => {
    const stats = new OperationStats();
    const own: Gap[] = [];
    listen({ stats, onGap: (gap) => own.push(gap) });
    const link = open();
    link.receive([event(1), event(4), { t: 'beat', n: [[1, 6]] }]);
    const where = { topic: 'x', service: '@a/me', publisher: '@a/publisher', instance: publisher.id };
    expect(gaps).to.deep.equal([
      { ...where, from: 2, to: 3, count: 2 },
      { ...where, from: 5, to: 6, count: 2 },
    ]);
    expect(own).to.deep.equal(gaps);
    expect(stats.view().lost).to.equal(4);
    expect(new OperationStats().view()).not.to.have.property('lost');
  });

  it('logs the first gap at once and then no more than one line in ten seconds', async () => {
    listen();
    const link = open();
    for (let n = 2; n <= 200; n += 2) link.receive([event(n)]);
    const logged = () => network.logger.all.filter((line) => line.includes('events were lost'));
    expect(logged()).to.have.length(1);
    await network.clock.advance(10_000);
    expect(logged()).to.deep.equal([
      'warn events were lost: this subscriber was too slow, or the connection broke',
      'warn more events were lost',
    ]);
    await network.clock.advance(20_000);
    expect(logged()).to.have.length(2);
  });

  it('goes on after an `onGap` that throws', () => {
    listen({
      onGap: () => {
        throw new Error('no');
      },
    });
    open().receive([event(2), event(3)]);
    expect(seen).to.deep.equal([2, 3]);
    expect(network.logger.all).to.include('error onGap failed');
  });

  it('stops reading while too many wait, and goes on when they are handled', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    listen({ run: () => gate });
    const link = open();
    for (let n = 1; n <= 1023; n++) link.receive([event(n)]);
    expect(link.paused).to.equal(false);
    link.receive([event(1024)]);
    expect(link.paused).to.equal(true);
    release();
    for (let n = 0; n < 2000 && link.paused; n++) await network.clock.settle();
    expect(link.paused).to.equal(false);
  });

  it('stops reading while too much waits by size, however few events it is', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    listen({ run: () => gate });
    const link = open();
    const million = 1024 * 1024;
    for (let n = 1; n < 16; n++) link.receive([event(n)], publisher.id, network.clock.now(), million);
    expect(link.paused).to.equal(false);
    link.receive([event(16)], publisher.id, network.clock.now(), million);
    expect(link.paused).to.equal(true);
    release();
    for (let n = 0; n < 100 && link.paused; n++) await network.clock.settle();
    expect(link.paused).to.equal(false);
  });

  it('tells within two seconds that it is behind while its handlers hold everything up, and once', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    listen({ run: () => gate });
    const link = open();
    for (let n = 1; n <= 1024; n++) link.receive([event(n)]);
    expect(subscriber.behind()).to.deep.equal([]);
    await network.clock.advance(1250);
    expect(subscriber.behind()).to.have.length(1);
    expect(subscriber.behind()[0]!.instance).to.equal(publisher.id);
    expect(subscriber.behind()[0]!.lag).to.be.within(1000, 1250);
    await network.clock.advance(5000);
    expect(network.logger.all.filter((line) => line.includes('is behind'))).to.have.length(1);
    release();
    for (let n = 0; n < 2000 && link.paused; n++) await network.clock.settle();
    await network.clock.advance(250);
    expect(subscriber.behind()).to.deep.equal([]);
  });

  it('tells that it is behind by how long events wait for its handlers, though it still reads', async () => {
    listen({ run: () => new Promise<void>((done) => void network.clock.after(100, done)) });
    const link = open();
    for (let n = 1; n <= 30; n++) link.receive([event(n)]);
    await network.clock.advance(750);
    expect(subscriber.behind()).to.deep.equal([]);
    await network.clock.advance(750);
    expect(link.paused).to.equal(false);
    expect(subscriber.behind()).to.have.length(1);
    expect(subscriber.behind()[0]!.lag).to.be.within(1000, 1500);
    await network.clock.advance(3000);
    expect(subscriber.behind()).to.deep.equal([]);
  });

  it('tells that it is behind when what arrives was sent long ago', async () => {
    listen();
    const link = open();
    await network.clock.advance(250);
    link.receive([event(1)], publisher.id, network.clock.now() - 1500);
    await network.clock.advance(250);
    expect(subscriber.behind()).to.deep.equal([{ instance: publisher.id, lag: 1500 }]);
    link.receive([event(2)]);
    await network.clock.advance(250);
    expect(subscriber.behind()).to.deep.equal([]);
  });

  it('goes on after a handler that throws, at once or later, or gets what it does not take', async () => {
    const stats = new OperationStats();
    listen({
      stats,
      accepts: checkOf(Number),
      run: ({ data }) => {
        if (data === 1) throw new Error('no');
        if (data === 2) return Promise.reject(new Error('no'));
        if (data === 3)
          return { then: (_: unknown, reject: (error: Error) => void) => reject(new Error('no')) };
        seen.push(data);
        return undefined;
      },
    });
    open().receive([event(1), event(2), event(3), event(4, { d: 'text' }), event(5)]);
    await network.clock.settle();
    expect(seen).to.deep.equal([5]);
    expect(stats.view()).to.deep.include({ count: 5, errors: { INTERNAL: 3, INVALID_ARGUMENT: 1 } });
    expect(network.logger.all.filter((line) => line === 'error event handler failed')).to.have.length(4);
  });

  /** Loses the connection, and opens the next. */
  const reconnect = async () => {
    network.link(publisher).end('disconnected');
    await network.clock.advance(100);
    return network.open(publisher);
  };

  it('subscribes again after a reconnection, says what it had, and counts what the publisher says is lost', async () => {
    listen();
    open().receive([event(1), event(2)]);
    const link = await reconnect();
    expect(link.of('sub').map(({ n }) => n)).to.deep.equal([2]);
    link.receive([event(9), { t: 'subd', i: 1, n: 9, l: 7 }, event(10)]);
    expect(seen).to.deep.equal([1, 2, 10]);
    expect(gaps.map(({ from, to, count }) => [from, to, count])).to.deep.equal([[3, 9, 7]]);
    expect(subscriber.counts).to.deep.equal({ lost: 7, received: 3 });
    const next = await reconnect();
    next.receive([{ t: 'subd', i: 1, n: 10, l: 0 }, event(11)]);
    expect(subscriber.counts).to.deep.equal({ lost: 7, received: 4 });
  });

  it('believes no heartbeat before the subscription goes on', async () => {
    listen();
    open().receive([event(1)]);
    const link = await reconnect();
    link.receive([
      { t: 'beat', n: [[1, 5]] },
      { t: 'subd', i: 1, n: 1, l: 0 },
    ]);
    expect(subscriber.counts.lost).to.equal(0);
  });

  it('tells of a gap without a number when the publisher has forgotten the subscription', async () => {
    listen();
    open().receive([event(1)]);
    const link = await reconnect();
    link.receive([{ t: 'subd', i: 1, n: 0 }, event(1)]);
    expect(gaps).to.have.length(1);
    expect(gaps[0]).to.include({ from: 2 }).and.not.have.any.keys('to', 'count');
    expect([seen, subscriber.counts.lost]).to.deep.equal([[1, 1], 0]);
  });

  it('goes on where it was at a publisher that was given up without a goodbye and comes back', async () => {
    listen();
    open().receive([event(1), event(2)]);
    network.directory.observe(publisher.id, 'disconnected');
    network.directory.observe(publisher.id, 'lease-lost');
    expect(network.directory.get(publisher.id)).to.equal(undefined);
    await network.clock.advance(60_000);
    network.directory.offer({ ...publisher, revision: publisher.revision + 1 }, 'registry');
    expect(network.open(publisher).of('sub')).to.deep.include({ ...sub, n: 2 });
  });

  it('handles nothing more of what waits once it is unsubscribed', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { subscription } = listen({ run: ({ data }) => (seen.push(data), gate) });
    const link = open();
    link.receive([event(1), event(2)]);
    await subscriber.remove(subscription);
    link.receive([event(3)]);
    release();
    await subscription.lanes.settled();
    expect(seen).to.deep.equal([1]);
    expect(link.of('uns')).to.deep.equal([{ t: 'uns', i: 1 }]);
    expect(link.ended).to.equal(true);
    expect(subscriber.records()).to.deep.equal([]);
  });

  it('drains: leaves each publisher, takes what is on its way, and waits for the handlers', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    listen({ from: '@a/publisher', run: ({ data }) => (seen.push(data), gate) });
    const link = open();
    let drained = false;
    void subscriber.drain().then(() => (drained = true));
    expect(link.of('uns')).to.have.length(1);
    link.receive([event(1), { t: 'pong', i: link.of('ping').at(-1)!.i }]);
    await network.clock.settle();
    expect([seen, drained]).to.deep.equal([[1], false]);
    release();
    await network.clock.settle();
    expect(drained).to.equal(true);
  });

  it('forgets a publisher that has gone, and leaves no timer when closed', async () => {
    listen();
    const link = open();
    network.directory.observe(publisher.id, 'goodbye');
    expect(link.ended).to.equal(true);
    await subscriber.close();
    expect(network.clock.pending).to.equal(0);
  });

  it('hears others again when a subscription ends whose handler never returns', async () => {
    const { subscription } = listen({ run: () => new Promise(() => {}) });
    const link = open();
    link.receive(Array.from({ length: 1100 }, (_, at) => event(at + 1)));
    listen();
    link.receive([{ t: 'subd', i: 2, n: 0 }]);
    expect(link.paused).to.equal(true);
    await subscriber.remove(subscription);
    expect(link.paused).to.equal(false);
    link.receive([event(1, { i: 2 })]);
    expect(seen).to.deep.equal([1]);
  });

  it('aborts what is being handled, and begins nothing more, when the process can wait no longer', async () => {
    const reasons: unknown[] = [];
    listen({
      run: ({ abortSignal, data }) =>
        new Promise<void>((resolve) => {
          abortSignal.addEventListener('abort', () => {
            reasons.push(data, abortSignal.reason);
            resolve();
          });
        }),
    });
    open().receive([event(1), event(2)]);
    const drained = subscriber.drain();
    const reason = new AtomError('CANCELLED', 'enough');
    subscriber.abort(reason);
    expect(reasons).to.deep.equal([1, reason]);
    network.link(publisher).end('disconnected');
    await drained;
    expect(reasons).to.have.length(2);
  });
});
