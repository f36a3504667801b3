import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { MemoryNetwork } from '../../../lib/transport/memory/memory-network.js';
import { MemoryTransport } from '../../../lib/transport/memory/memory-transport.js';
import type { CloseReason, Link } from '../../../lib/transport/transport.js';
import { encodeEnvelope } from '../../../lib/wire/codec.js';

const [A, B] = ['a'.repeat(32), 'b'.repeat(32)];
const PING = encodeEnvelope({ t: 'ping', i: 1 });

describe('MemoryNetwork', () => {
  let clock: FakeClock;
  let network: MemoryNetwork;
  let received: number;
  let closed: CloseReason[];
  let endpoint: string;
  const dial = (): Link =>
    new MemoryTransport(network, { instance: B }, clock).connect(endpoint, A, {
      received: () => {},
      closed: (_, reason) => void closed.push(reason),
    });

  beforeEach(async () => {
    clock = new FakeClock();
    network = new MemoryNetwork();
    received = 0;
    closed = [];
    const listener = { received: () => void received++, closed: () => {} };
    const server = new MemoryTransport(network, { instance: A }, clock);
    ({ endpoint } = await server.listen('tcp://0.0.0.0:0', listener));
    endpoint = endpoint.replace('0.0.0.0', '10.0.0.7');
  });

  for (const [fault, begin, end] of [
    ['a partition', () => network.partition(A, B), () => network.heal(A, B)],
    ['a partition the other way round', () => network.partition(B, A), () => network.heal()],
    ['a frozen peer', () => network.freeze(A), () => network.thaw(A)],
  ] as const) {
    it(`keeps what is sent during ${fault} that ends within 5 s`, async () => {
      const link = dial();
      link.send(PING);
      await clock.settle();
      expect(received).to.equal(1);
      begin();
      link.send(PING);
      await clock.advance(4999);
      expect(received).to.equal(1);
      end();
      await clock.advance(10_000);
      expect(received).to.equal(2);
      expect(closed).to.be.empty;
    });

    it(`loses the connection to ${fault} that lasts`, async () => {
      dial().send(PING);
      await clock.settle();
      begin();
      await clock.advance(5000);
      expect(closed).to.deep.equal(['disconnected']);
      end();
      await clock.settle();
      expect(network.size).to.equal(1);
    });

    it(`refuses a connection across ${fault}, after 2 s`, async () => {
      begin();
      dial();
      await clock.advance(1999);
      expect(closed).to.be.empty;
      await clock.advance(1);
      expect(closed).to.deep.equal(['refused']);
    });
  }

  it('keeps what goes one way while it is blocked, and delivers what goes the other way', async () => {
    let answered = 0;
    const server = new MemoryTransport(network, { instance: A }, clock);
    const { endpoint: there } = await server.listen('tcp://127.0.0.1:0', {
      received: (link) => {
        received++;
        link.send(PING);
      },
      closed: () => {},
    });
    const connect = (): Link =>
      new MemoryTransport(network, { instance: B }, clock).connect(there, A, {
        received: () => void answered++,
        closed: (_, reason) => void closed.push(reason),
      });
    const link = connect();
    await clock.settle();
    network.block(A, B);
    link.send(PING);
    await clock.settle();
    expect([received, answered]).to.deep.equal([1, 0]);
    network.heal(A, B);
    await clock.settle();
    expect(answered).to.equal(1);

    network.block(A, B);
    await clock.advance(4999);
    expect(closed).to.be.empty;
    await clock.advance(1);
    expect(closed).to.deep.equal(['disconnected']);
    // An answer is needed to connect.
    connect();
    await clock.advance(2000);
    expect(closed).to.deep.equal(['disconnected', 'refused']);
  });

  it('cuts connections, which may be made again', async () => {
    const link = dial();
    await clock.settle();
    link.send(PING);
    network.cut(B, A);
    await clock.settle();
    expect(closed).to.deep.equal(['disconnected']);
    expect(received).to.equal(0);
    dial().send(PING);
    await clock.settle();
    expect(received).to.equal(1);
  });

  it('kills an instance: its connections and its endpoint are gone', async () => {
    dial();
    await clock.settle();
    await network.kill(A);
    dial();
    await clock.settle();
    expect(closed).to.deep.equal(['disconnected', 'refused']);
    expect(network.size).to.equal(0);
  });

  it('delivers when its schedule says, in order', async () => {
    const waiting: (() => void)[] = [];
    const ways = new Set<string>();
    network = new MemoryNetwork({
      schedule: (deliver, from, to) => {
        ways.add(`${from[0]} ${to[0]}`);
        waiting.push(deliver);
      },
    });
    const order: number[] = [];
    const server = new MemoryTransport(network, { instance: A }, clock);
    ({ endpoint } = await server.listen('tcp://127.0.0.1:0', {
      received: (_, { envelopes }) => order.push(...envelopes.map((one) => (one as { i: number }).i)),
      closed: () => {},
    }));
    const link = dial();
    for (let i = 0; i < 300; i++) link.send(encodeEnvelope({ t: 'ping', i }));
    await clock.settle();
    expect(order).to.be.empty;
    while (waiting.length > 0) {
      waiting.pop()!();
      await clock.settle();
    }
    expect(order).to.deep.equal(Array.from({ length: 300 }, (_, i) => i));
    // It dials itself, so to say; then everything goes from it to the server.
    expect([...ways]).to.deep.equal(['b b', 'b a']);
  });
});
