import { expect } from 'chai';
import { EventServer } from '../../../lib/runtime/event-server.js';
import type { OutgoingEvent } from '../../../lib/runtime/outgoing-event.js';
import { AWAY_FOR, MAX_SUBSCRIPTIONS } from '../../../lib/runtime/subscriptions.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { Envelope, Subscribe } from '../../../lib/wire/envelope.js';
import { batch, FakeChannel, Lines, SELF } from './support.js';

/** A subscriber with a session. */
class Listener {
  readonly channel = new FakeChannel();

  constructor(
    private readonly server: EventServer,
    private readonly id: string,
  ) {
    this.say({ t: 'hello' });
    this.channel.sent.length = this.channel.texts.length = 0;
  }

  say(...envelopes: Envelope[]): void {
    this.server.received(this.channel, batch(envelopes, { sender: this.id.repeat(32) }));
  }

  subscribe(p: string, over: Partial<Subscribe> = {}): this {
    this.say({ t: 'sub', i: 1, p, s: '@a/listener', g: 'group', ...over });
    return this;
  }

  /** Events as `topic#sequence`. */
  get events(): string[] {
    return this.channel.of('evt').map(({ p, n }) => `${p}#${n}`);
  }
}

describe('EventServer', () => {
  let clock: FakeClock;
  let logger: Lines;
  let server: EventServer;

  beforeEach(() => {
    clock = new FakeClock();
    logger = new Lines();
    server = new EventServer({ clock, logger, self: () => SELF });
  });

  const listener = (id: string) => new Listener(server, id);
  const publish = (topic: string, over: Partial<OutgoingEvent> = {}) =>
    server.publish({ topic, by: '', data: '1', version: undefined, headers: undefined, ...over });

  it('confirms a subscription with the sequence from which it counts', () => {
    const a = listener('a').subscribe('x');
    publish('x');
    const b = listener('b').subscribe('x', { s: '@a/other' });
    expect(a.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 0 }]);
    expect(b.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 1 }]);
    publish('x');
    expect([a.events, b.events]).to.deep.equal([['x#1', 'x#2'], ['x#2']]);
  });

  it('sends to each broadcast subscription, and to one of each group in turn', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => listener(id).subscribe('x'));
    const all = ['d', 'e'].map((id) => listener(id).subscribe('x', { g: 'broadcast', s: '@a/all' }));
    for (let n = 0; n < 6; n++) {
      expect(publish('x')).to.deep.equal({ services: 2, instances: 3, dropped: 0 });
    }
    expect([a, b, c].map((one) => one!.events.length)).to.deep.equal([2, 2, 2]);
    for (const one of all) expect(one.events).to.have.length(6);
    // Each counts what was meant for it, without a gap.
    expect(a!.events).to.deep.equal(['x#1', 'x#2']);
  });

  it('shares out what has a topic of its own each time', () => {
    const [a, b] = ['a', 'b'].map((id) => listener(id).subscribe('>'));
    for (let n = 0; n < 6; n++) publish(`topic${n}`);
    expect([a!.events.length, b!.events.length]).to.deep.equal([3, 3]);
  });

  it('takes patterns, and only the publisher that was asked for', () => {
    const a = listener('a').subscribe('order.*', { from: '@a/orders' });
    expect(publish('order.placed', { by: '@a/orders' }).instances).to.equal(1);
    expect(publish('order.placed', { by: '@a/other' }).instances).to.equal(0);
    expect(publish('order.placed').instances).to.equal(1);
    expect(publish('order').instances).to.equal(0);
    expect(a.events).to.deep.equal(['order.placed#1', 'order.placed#2']);
  });

  it('carries publisher, version, headers and data, or none of them', () => {
    const a = listener('a').subscribe('x');
    publish('x', { by: '@a/b', version: 3, headers: { traceparent: 't' }, data: '{"a":[1]}' });
    publish('x', { data: undefined });
    publish('x', { key: 'k' });
    expect(a.channel.of('evt')).to.deep.equal([
      { t: 'evt', i: 1, n: 1, p: 'x', by: '@a/b', v: 3, h: { traceparent: 't' }, d: { a: [1] } },
      { t: 'evt', i: 1, n: 2, p: 'x' },
      { t: 'evt', i: 1, n: 3, p: 'x', k: 'k', d: 1 },
    ]);
  });

  it('encodes an event once for subscribers that count alike', () => {
    const all = ['a', 'b', 'c'].map((id) => listener(id).subscribe('x', { g: 'broadcast' }));
    publish('x');
    const texts = all.map(({ channel }) => channel.texts.at(-1));
    expect(new Set(texts).size).to.equal(1);
  });

  it('counts what a full budget drops, and its subscriber sees the gap', () => {
    const a = listener('a').subscribe('x', { g: 'broadcast' });
    a.channel.full = true;
    expect(publish('x')).to.deep.equal({ services: 1, instances: 0, dropped: 1 });
    a.channel.full = false;
    publish('x');
    expect(a.events).to.deep.equal(['x#2']);
  });

  it('tells who is too slow, and says so once', async () => {
    const [a, b] = ['a', 'b'].map((id) => listener(id).subscribe('x', { g: 'broadcast' }));
    expect(server.slow.list()).to.deep.equal([]);
    a!.channel.full = true;
    a!.channel.queuedBytes = 500;
    for (let n = 0; n < 3; n++) publish('x');
    const slow = { instance: 'a'.repeat(32), dropped: 3, queuedBytes: 500 };
    expect(server.slow.list()).to.deep.equal([slow]);
    expect(b!.events).to.have.length(3);
    expect(logger.all).to.deep.equal([
      'warn a subscriber is too slow: events for it are dropped while its byte budget is full',
    ]);
    await clock.advance(10_000);
    expect(server.slow.list()).to.deep.equal([]);
    publish('x');
    expect(server.slow.list()).to.deep.equal([{ ...slow, dropped: 1 }]);
    server.closed(a!.channel);
    expect(server.slow.list()).to.deep.equal([]);
    expect(logger.all).to.have.length(2);
  });

  it('gives the event of a full member to another, without a gap; all full is a drop', () => {
    const [a, b] = ['a', 'b'].map((id) => listener(id).subscribe('x'));
    a!.channel.full = true;
    for (let n = 0; n < 4; n++) expect(publish('x').dropped).to.equal(0);
    expect(b!.events).to.deep.equal(['x#1', 'x#2', 'x#3', 'x#4']);
    a!.channel.full = false;
    publish('x');
    publish('x');
    expect(a!.events).to.deep.equal(['x#1']);
    a!.channel.full = b!.channel.full = true;
    expect(publish('x')).to.deep.equal({ services: 1, instances: 0, dropped: 1 });
  });

  it('passes over a member that has been quiet, unless all have', async () => {
    const [a, b] = ['a', 'b'].map((id) => listener(id).subscribe('x'));
    await clock.advance(1600);
    b!.say({ t: 'ping', i: 1 });
    for (let n = 0; n < 4; n++) publish('x');
    expect([a!.events.length, b!.events.length]).to.deep.equal([0, 4]);
    await clock.advance(1600);
    for (let n = 0; n < 4; n++) publish('x');
    expect([a!.events.length, b!.events.length]).to.deep.equal([2, 6]);
  });

  it('tells the last sequences within a second after the last event, and then is silent', async () => {
    const a = listener('a').subscribe('x').subscribe('y', { i: 2 });
    publish('x');
    publish('x');
    publish('y');
    await clock.advance(1000);
    expect(a.channel.of('beat')).to.deep.equal([
      {
        t: 'beat',
        n: [
          [1, 2],
          [2, 1],
        ],
      },
    ]);
    await clock.advance(10_000);
    expect(a.channel.of('beat')).to.have.length(1);
    expect(clock.pending).to.equal(0);
  });

  it('sends nothing more after UNSUBSCRIBE, a goodbye or the end of the connection', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => listener(id).subscribe('x', { g: 'broadcast' }));
    a!.say({ t: 'uns', i: 1 });
    b!.say({ t: 'bye', why: 'leaving' });
    server.closed(c!.channel);
    expect(publish('x')).to.deep.equal({ services: 0, instances: 0, dropped: 0 });
    expect([...server.subscriptions.all()]).to.deep.equal([]);
  });

  it('replaces a subscription of the same id, and tells who listens of every change', () => {
    const changes: (string | undefined)[] = [];
    server.onChange((subscription) => changes.push(subscription?.pattern));
    const a = listener('a').subscribe('x').subscribe('y');
    expect(publish('x').instances).to.equal(0);
    expect(publish('y').instances).to.equal(1);
    a.say({ t: 'uns', i: 1 });
    expect(changes).to.deep.equal(['x', 'y', undefined]);
  });

  it('holds only so many subscriptions of one connection', () => {
    const a = listener('a');
    for (let i = 0; i <= MAX_SUBSCRIPTIONS; i++) a.say({ t: 'sub', i, p: 'x', s: '@a/l', g: 'broadcast' });
    expect(a.channel.of('subd')).to.have.length(MAX_SUBSCRIPTIONS);
    expect(a.channel.of('err')[0]).to.include({ i: MAX_SUBSCRIPTIONS, c: 'RESOURCE_EXHAUSTED' });
  });

  it('says the last sequence of a subscription that ends, and no more of it after that', async () => {
    const a = listener('a').subscribe('x');
    publish('x');
    a.channel.full = true;
    publish('x');
    a.channel.full = false;
    a.say({ t: 'uns', i: 1 });
    expect(a.channel.of('beat')).to.deep.equal([{ t: 'beat', n: [[1, 2]] }]);
    await clock.advance(5000);
    expect(a.channel.of('beat')).to.have.length(1);
  });

  it('tells the last sequences at once when it is about to leave', () => {
    const a = listener('a').subscribe('x');
    publish('x');
    server.sayLast();
    expect(a.channel.of('beat')).to.deep.equal([{ t: 'beat', n: [[1, 1]] }]);
  });

  describe('of a subscriber whose connection was lost', () => {
    const lose = (one: Listener) => server.closed(one.channel);
    /** What SUBSCRIBED says to the instance when it subscribes again. */
    const back = (id: string, over: Partial<Subscribe> = {}) => {
      const one = listener(id).subscribe('x', over);
      const [{ n, l } = { n: -1, l: -1 }] = one.channel.of('subd');
      return { one, n, l };
    };

    it('counts on, and says what is lost of what was under way and of what was published since', () => {
      const a = listener('a').subscribe('x', { g: 'broadcast' });
      for (let n = 0; n < 3; n++) publish('x');
      lose(a);
      expect(publish('x')).to.deep.equal({ services: 0, instances: 0, dropped: 0 });
      publish('x');
      const { one, n, l } = back('a', { g: 'broadcast', n: 2 });
      expect([n, l]).to.deep.equal([5, 3]);
      publish('x');
      expect(one.events).to.deep.equal(['x#6']);
    });

    it('counts all since the subscription was made for one that never heard so', () => {
      listener('b').subscribe('x', { g: 'broadcast' });
      publish('x');
      const a = listener('a').subscribe('x', { g: 'broadcast' });
      publish('x');
      lose(a);
      const { n, l } = back('a', { g: 'broadcast' });
      expect([n, l]).to.deep.equal([2, 1]);
    });

    it('knows it again while its old connection has not been seen to end, which gets nothing more', () => {
      const a = listener('a').subscribe('x');
      publish('x');
      publish('x');
      const { one, n, l } = back('a', { n: 1 });
      expect([n, l]).to.deep.equal([2, 1]);
      for (let round = 0; round < 4; round++) publish('x');
      expect([a.events.length, one.events.length]).to.deep.equal([2, 4]);
      lose(a);
      publish('x');
      expect(one.events).to.have.length(5);
    });

    it('counts nothing of a group for it while another member is there', () => {
      const [a] = ['a', 'b'].map((id) => listener(id).subscribe('x'));
      lose(a!);
      for (let n = 0; n < 5; n++) expect(publish('x').instances).to.equal(1);
      const { n, l } = back('a', { n: 0 });
      expect([n, l]).to.deep.equal([0, 0]);
    });

    it('tells what a group missed while nobody of it was there once, to the first that comes back', () => {
      const members = ['a', 'b', 'c'].map((id) => listener(id).subscribe('x'));
      members.forEach(lose);
      for (let n = 0; n < 4; n++) publish('x');
      expect(back('b', { n: 0 }).l).to.equal(4);
      publish('x');
      expect(back('a', { n: 0 }).l).to.equal(0);
      expect(back('c', { n: 0 }).l).to.equal(0);
    });

    it('begins anew with another subscription of the same id, after a goodbye, and when it was long ago', async () => {
      const a = listener('a').subscribe('x');
      publish('x');
      lose(a);
      expect(back('a', { g: 'broadcast', n: 1 }).l).to.equal(undefined);
      const b = listener('b').subscribe('x');
      b.say({ t: 'bye', why: 'leaving' });
      expect(back('b', { n: 0 }).l).to.equal(undefined);
      const c = listener('c').subscribe('x');
      lose(c);
      await clock.advance(AWAY_FOR);
      lose(listener('d').subscribe('y'));
      expect(back('c', { n: 0 }).l).to.equal(undefined);
    });

    it('counts nothing more for who was lost long ago', async () => {
      const a = listener('a').subscribe('x');
      lose(a);
      publish('x');
      await clock.advance(AWAY_FOR);
      publish('x');
      expect(back('a', { n: 0 }).l).to.equal(undefined);
    });
  });

  describe('gives what waits for an instance that leaves to another of its group', () => {
    /** Two of a group and one of every instance; what is sent to the first waits from the third event on. */
    const three = () => {
      const [a, b] = ['a', 'b'].map((id) => listener(id).subscribe('x')) as [Listener, Listener];
      a.subscribe('x', { i: 2, g: 'broadcast', s: '@a/all' });
      for (let n = 1; n <= 2; n++) publish('x', { data: `${n}` });
      a.channel.sent.length = a.channel.texts.length = 0;
      a.channel.holds = true;
      for (let n = 3; n <= 6; n++) publish('x', { data: `${n}` });
      return { a, b };
    };
    const data = ({ channel }: Listener, i = 1) =>
      channel.of('evt').flatMap((event) => (event.i === i ? [event.d] : []));

    it('when it unsubscribes, and says that this was all', () => {
      const { a, b } = three();
      a.say({ t: 'uns', i: 1 });
      expect([data(a), data(a, 2), data(b)]).to.deep.equal([[], [3, 4, 5, 6], [2, 4, 6, 3, 5]]);
      expect(b.events).to.deep.equal(['x#1', 'x#2', 'x#3', 'x#4', 'x#5']);
      expect(a.channel.of('beat')).to.deep.equal([{ t: 'beat', n: [[1, 1]] }]);
    });

    it('when its connection is lost, and counts nothing of that as lost when it comes back', () => {
      const { a, b } = three();
      server.closed(a.channel);
      expect(data(b)).to.deep.equal([2, 4, 6, 3, 5]);
      const again = listener('a').subscribe('x', { n: 1 });
      expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 1, l: 0 }]);
    });

    it('and to nobody where there is no other', () => {
      const { a, b } = three();
      b.say({ t: 'uns', i: 1 });
      a.say({ t: 'uns', i: 1 });
      expect(data(a)).to.deep.equal([3, 5]);
    });

    it('and counts what was dropped for it all the same', () => {
      const { a, b } = three();
      a.channel.full = b.channel.full = true;
      publish('x');
      a.channel.full = b.channel.full = false;
      publish('x');
      publish('x');
      expect(data(a)).to.have.length(3);
      server.closed(a.channel);
      const again = listener('a').subscribe('x', { n: 1 });
      expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 2, l: 1 }]);
    });

    it('and from the ring only what was not given away', () => {
      server = new EventServer({ clock, logger, self: () => SELF, replay: { messages: 100, bytes: 1e6 } });
      const { a, b } = three();
      server.closed(a.channel);
      expect(listener('a').subscribe('x', { n: 0 }).events).to.deep.equal(['x#1']);
      server.closed(b.channel);
      const again = listener('b').subscribe('x', { n: 2 });
      expect(data(again)).to.deep.equal([6, 3, 5]);
    });
  });

  describe('with a ring', () => {
    let a: Listener;

    const ring = (messages = 100, bytes = 1e6) => {
      server = new EventServer({ clock, logger, self: () => SELF, replay: { messages, bytes } });
    };
    const back = (id: string, n: number, g: 'group' | 'broadcast') => listener(id).subscribe('>', { g, n });

    it('sends a subscriber that was full what it missed, in order and before what is new', async () => {
      ring();
      a = listener('a').subscribe('>', { g: 'broadcast' });
      publish('x');
      a.channel.full = true;
      expect(publish('x').dropped).to.equal(1);
      publish('y');
      await clock.advance(1000);
      a.channel.full = false;
      expect(publish('z').dropped).to.equal(1);
      expect(a.events).to.deep.equal(['x#1']);
      await clock.advance(50);
      publish('x');
      expect(a.events).to.deep.equal(['x#1', 'x#2', 'y#3', 'z#4', 'x#5']);
    });

    it('tells no more than it has sent to one that is behind', async () => {
      ring();
      a = listener('a').subscribe('>', { g: 'broadcast' });
      publish('x');
      a.channel.room = 0;
      for (let n = 0; n < 3; n++) publish('x');
      a.channel.room = 2;
      await clock.advance(50);
      expect(a.events).to.deep.equal(['x#1', 'x#2', 'x#3']);
      a.channel.room = 1;
      await clock.advance(1000 - 50);
      expect(a.events.at(-1)).to.equal('x#4');
      a.channel.room = Infinity;
      await clock.advance(2000);
      expect(a.channel.of('beat')).to.deep.equal([{ t: 'beat', n: [[1, 4]] }]);
      expect(clock.pending).to.equal(0);
    });

    it('goes on after the last that had arrived before the connection was lost', () => {
      ring();
      a = listener('a').subscribe('>', { g: 'broadcast' });
      for (const topic of ['p', 'q', 'r']) publish(topic);
      server.closed(a.channel);
      publish('s');
      const again = back('a', 1, 'broadcast');
      expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 1, l: 0 }]);
      expect(again.events).to.deep.equal(['q#2', 'r#3', 's#4']);
      publish('t');
      expect(again.events.at(-1)).to.equal('t#5');
    });

    it('says how many the ring does not have any more, in number and in size', () => {
      for (const [messages, bytes] of [
        [3, 1e6],
        [100, 750],
      ] as const) {
        ring(messages, bytes);
        a = listener('a').subscribe('>', { g: 'broadcast' });
        for (let n = 0; n < 8; n++) publish('x');
        server.closed(a.channel);
        const again = back('a', 1, 'broadcast');
        expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 5, l: 4 }]);
        expect(again.events).to.deep.equal(['x#6', 'x#7', 'x#8']);
      }
    });

    it('holds nothing that is larger than all of it', () => {
      ring(100, 750);
      a = listener('a').subscribe('>', { g: 'broadcast' });
      publish('x');
      publish('x', { data: `"${'x'.repeat(1000)}"` });
      server.closed(a.channel);
      const again = back('a', 0, 'broadcast');
      expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 2, l: 2 }]);
      expect(again.events).to.deep.equal([]);
    });

    it('sends nothing again that another of the group was given', () => {
      ring();
      const [one, other] = ['a', 'b'].map((id) => listener(id).subscribe('>'));
      for (let n = 1; n <= 4; n++) publish(`t${n}`);
      server.closed(one!.channel);
      for (let n = 5; n <= 8; n++) publish(`t${n}`);
      expect(other!.events).to.deep.equal(['t2#1', 't4#2', 't5#3', 't6#4', 't7#5', 't8#6']);
      expect(back('a', 1, 'group').events).to.deep.equal(['t3#2']);
    });

    it('gives what a group missed to none that hears every event of the same topic', () => {
      ring();
      a = listener('a').subscribe('>', { g: 'broadcast' }).subscribe('>', { i: 2 });
      publish('t1');
      server.closed(a.channel);
      publish('t2');
      publish('t3');
      const again = listener('a').subscribe('>', { g: 'broadcast', n: 1 }).subscribe('>', { i: 2, n: 1 });
      expect(again.channel.of('subd')).to.deep.equal([
        { t: 'subd', i: 1, n: 1, l: 0 },
        { t: 'subd', i: 2, n: 1, l: 0 },
      ]);
      const heard = again.channel.of('evt').map(({ i, p, n }) => `${i} ${p}#${n}`);
      expect(heard).to.deep.equal(['1 t2#2', '1 t3#3', '2 t2#2', '2 t3#3']);
    });

    it('gives what nobody of a group was there to take to the first that comes back', () => {
      ring();
      const [one, other] = ['a', 'b'].map((id) => listener(id).subscribe('>'));
      publish('t1');
      publish('t2');
      for (const { channel } of [one!, other!]) server.closed(channel);
      publish('t3');
      publish('t4');
      const again = back('b', 1, 'group');
      expect(again.channel.of('subd')).to.deep.equal([{ t: 'subd', i: 1, n: 1, l: 0 }]);
      expect(again.events).to.deep.equal(['t3#2', 't4#3']);
      expect(back('a', 0, 'group').events).to.deep.equal(['t1#1']);
    });
  });

  it('remembers the recipients of a bounded number of topics', () => {
    const a = listener('a').subscribe('>');
    for (let n = 0; n < 2500; n++) publish(`t${n}`);
    expect(a.events).to.have.length(2500);
    listener('b').subscribe('t1', { s: '@a/other' });
    expect(publish('t1').instances).to.equal(2);
  });

  it('tells a subscriber that was full of its last events once it has room, though no more come', async () => {
    const a = listener('a').subscribe('x');
    publish('x');
    a.channel.full = true;
    expect(publish('x').dropped).to.equal(1);
    await clock.advance(1000);
    a.channel.full = false;
    await clock.advance(1000);
    expect(a.channel.of('beat')).to.deep.equal([{ t: 'beat', n: [[1, 2]] }]);
    await clock.advance(5000);
    expect(a.channel.of('beat')).to.have.length(1);
  });
});
