import { expect } from 'chai';
import { ExpectedSubscribers } from '../../../lib/delivery/expected-subscribers.js';
import { Publisher } from '../../../lib/delivery/publisher.js';
import { EventServer } from '../../../lib/runtime/event-server.js';
import type { OutgoingEvent } from '../../../lib/runtime/outgoing-event.js';
import type { InstanceRecord, SubscriptionRecord } from '../../../nucleus/instance-record.js';
import { batch, FakeChannel, SELF } from '../runtime/support.js';
import { FakeNetwork } from './support.js';

describe('publishing to subscribers that are expected', () => {
  let network: FakeNetwork;
  let server: EventServer;
  let expected: ExpectedSubscribers;
  let publisher: Publisher;

  beforeEach(() => {
    network = new FakeNetwork();
    server = new EventServer({ clock: network.clock, logger: network.logger, self: () => SELF });
    const self = { ...SELF, subscriptions: [] };
    expected = new ExpectedSubscribers(network.directory, server, network.clock, () => self, 1000);
    publisher = new Publisher(server, expected, 10_000);
  });

  const listens = (over: Partial<SubscriptionRecord> = {}): InstanceRecord =>
    network.add('@a/listener', {
      subscriptions: [{ service: '@a/listener', topic: 'x', delivery: 'group', ...over }],
    });
  const subscribe = (record: InstanceRecord, topic = 'x'): FakeChannel => {
    const channel = new FakeChannel();
    const { id } = record;
    server.received(channel, batch([{ t: 'hello' }], { sender: id }));
    server.received(
      channel,
      batch([{ t: 'sub', i: 1, p: topic, s: '@a/listener', g: 'group' }], { sender: id }),
    );
    return channel;
  };
  const event = (topic = 'x', data = '1'): OutgoingEvent => ({
    topic,
    by: '',
    data,
    version: undefined,
    headers: undefined,
  });
  const pending = (promise: Promise<unknown>) => {
    const state = { done: false };
    void promise.then(() => (state.done = true));
    return state;
  };

  it('waits for nobody when nobody is expected', async () => {
    expect(await publisher.publish(event())).to.deep.equal({ services: 0, instances: 0, dropped: 0 });
    listens({ topic: 'y' });
    listens({ from: '@a/somebody-else' });
    await publisher.publish(event());
  });

  it('waits until who is announced has subscribed, so that the first event is not lost', async () => {
    const record = listens();
    const receipt = publisher.publish(event());
    const state = pending(receipt);
    await network.clock.advance(500);
    expect(state.done).to.equal(false);
    const channel = subscribe(record);
    expect(await receipt).to.deep.equal({ services: 1, instances: 1, dropped: 0 });
    expect(channel.of('evt')).to.have.length(1);
  });

  it('waits a second at most, and then no more for this one', async () => {
    listens();
    const receipt = publisher.publish(event());
    await network.clock.advance(1000);
    expect((await receipt).instances).to.equal(0);
    expect((await publisher.publish(event())).instances).to.equal(0);
  });

  it('waits again for one that has come back with a new record', async () => {
    const record = listens();
    void publisher.publish(event());
    await network.clock.advance(1000);
    network.directory.offer({ ...record, revision: 2 }, 'peer');
    const state = pending(publisher.publish(event()));
    await network.clock.settle();
    expect(state.done).to.equal(false);
    await network.clock.advance(1000);
    expect(state.done).to.equal(true);
  });

  it('does not wait for one that has become unroutable, or has gone', async () => {
    const record = listens();
    const state = pending(publisher.publish(event()));
    network.directory.observe(record.id, 'disconnected');
    await network.clock.settle();
    expect(state.done).to.equal(true);
    await publisher.publish(event());
  });

  it('keeps the order of a topic while it waits, and lets other topics pass', async () => {
    const record = listens();
    void publisher.publish(event('x', '1'));
    void publisher.publish(event('x', '2'));
    expect((await publisher.publish(event('y'))).instances).to.equal(0);
    const channel = subscribe(record);
    void publisher.publish(event('x', '3'));
    await publisher.settled();
    expect(channel.of('evt').map(({ d }) => d)).to.deep.equal([1, 2, 3]);
  });

  it('ends its watch of the directory when closed', () => {
    expected.close();
    expect(() => listens()).not.to.throw();
    expect(network.logger.all.filter((line) => !line.startsWith('debug'))).to.deep.equal([]);
  });

  it('refuses, at once, more than its budget while events wait, and takes new ones afterwards', async () => {
    const record = listens();
    const receipts = Array.from({ length: 100 }, () => publisher.publish(event()));
    const outcomes = Promise.allSettled(receipts);
    await network.clock.settle();
    subscribe(record);
    const results = await outcomes;
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused.length).to.be.within(50, 99);
    expect(results[0]).to.deep.include({ status: 'fulfilled' });
    expect((refused[0] as PromiseRejectedResult).reason).to.include({
      code: 'RESOURCE_EXHAUSTED',
      outcome: 'NOT_SENT',
    });
    expect(await publisher.publish(event())).to.include({ instances: 1, dropped: 0 });
  });
});
