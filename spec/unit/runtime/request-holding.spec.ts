import { expect } from 'chai';
import type { MessageContext } from '../../../lib/runtime/context.js';
import { Gate } from '../../../lib/runtime/gate.js';
import { RequestServer } from '../../../lib/runtime/request-server.js';
import { type Operation, ServiceRuntime } from '../../../lib/runtime/service-runtime.js';
import type { Envelope, ErrorReply, Request } from '../../../lib/wire/envelope.js';
import { batch, contextHost, FakeChannel, SELF } from './support.js';

describe('RequestServer, what holds a request up or cuts it short', () => {
  let host: ReturnType<typeof contextHost>;
  let server: RequestServer;
  let service: ServiceRuntime;
  let channel: FakeChannel;
  let id: number;
  /** Handlers that run, by their data. */
  let running: Map<unknown, (value: unknown) => void>;
  /** In the order in which they began. */
  let began: unknown[];

  beforeEach(() => {
    host = contextHost();
    server = new RequestServer({ ...host, self: () => SELF, maxBody: 2000, builtin: () => undefined });
    serve();
    channel = connect();
    id = 0;
    running = new Map();
    began = [];
  });

  const serve = (...gates: Gate[]) => {
    service = new ServiceRuntime('@a/b', '1.0.0', {}, gates);
    server.serve(service);
  };
  const connect = () => {
    const made = new FakeChannel();
    server.received(made, batch([{ t: 'hello' }], { sentAt: host.clock.now() }));
    made.sent.length = 0;
    return made;
  };
  const receive = (...envelopes: Envelope[]) =>
    server.received(channel, batch(envelopes, { sentAt: host.clock.now() }));
  const run = ({ data }: MessageContext): unknown => {
    began.push(data);
    return new Promise((resolve) => running.set(data, resolve));
  };
  const operation = (over: Partial<Operation> = {}) => {
    const any = { kind: 'any' } as const;
    service.add({ name: 'x', method: 'x', accepts: any, returns: any, run, ...over });
  };
  const request = (d: unknown, over: Partial<Request> = {}): Request => ({
    t: 'req',
    i: ++id,
    s: '@a/b',
    o: 'x',
    dl: host.clock.now() + 1000,
    d,
    ...over,
  });
  const end = async (data: unknown) => {
    running.get(data)!(data);
    await host.clock.settle();
  };
  const errors = () => channel.of('err').map(({ c, o }: ErrorReply) => `${c} ${o}`);
  const results = () => channel.of('res').map(({ d }) => d);

  describe('a limit', () => {
    it('runs as many at a time, and the others after them in order', async () => {
      operation({ concurrency: 2 });
      receive(...[1, 2, 3, 4].map((n) => request(n)));
      expect(began).to.deep.equal([1, 2]);
      expect(server.inFlight).to.equal(4);
      await end(2);
      expect(began).to.deep.equal([1, 2, 3]);
      await end(1);
      await end(3);
      await end(4);
      expect(results()).to.deep.equal([2, 1, 3, 4]);
      expect(server.inFlight).to.equal(0);
    });

    it('refuses at once what finds no place among those that wait', () => {
      operation({ concurrency: 2 });
      receive(...Array.from({ length: 22 }, (_, n) => request(n)));
      expect(errors()).to.deep.equal([]);
      receive(request('more'));
      expect(errors()).to.deep.equal(['RESOURCE_EXHAUSTED REJECTED']);
      expect(channel.of('err')[0]!.m).to.include("'@a/b::x' has its limit of 2 at a time");
      expect(service.operation('x')!.stats.view().errors).to.deep.equal({ RESOURCE_EXHAUSTED: 1 });
    });

    it('drops what has expired, or was given up, while it waited', async () => {
      operation({ concurrency: 1 });
      receive(request(1), request(2, { dl: host.clock.now() + 50 }), request(3), request(4));
      receive({ t: 'can', i: 3 });
      await host.clock.advance(60);
      await end(1);
      expect(began).to.deep.equal([1, 4]);
      expect(errors()).to.deep.equal(['DEADLINE_EXCEEDED REJECTED', 'CANCELLED REJECTED']);
    });

    it('makes room for new ones by what has expired', async () => {
      operation({ concurrency: 1 });
      receive(
        request(0),
        ...Array.from({ length: 10 }, (_, n) => request(n + 1, { dl: host.clock.now() + 50 })),
      );
      await host.clock.advance(60);
      receive(request('new'));
      expect(new Set(errors())).to.deep.equal(new Set(['DEADLINE_EXCEEDED REJECTED']));
      await end(0);
      expect(began).to.deep.equal([0, 'new']);
    });

    it('holds for all operations of a service together, and of a process', async () => {
      const process = new Gate('This instance', 2);
      serve(new Gate("'@a/b'", 1), process);
      operation();
      operation({ name: 'y', method: 'y' });
      const other = new ServiceRuntime('@a/c', '1.0.0', {}, [process]);
      server.serve(other);
      const any = { kind: 'any' } as const;
      other.add({ name: 'x', method: 'x', accepts: any, returns: any, run });
      receive(request(1), request(2, { o: 'y' }), request(3, { s: '@a/c' }), request(4, { s: '@a/c' }));
      expect(began).to.deep.equal([1, 3]);
      await end(1);
      expect(began).to.have.length(3);
      await end(3);
      expect(began).to.have.members([1, 2, 3, 4]);
    });

    it('is not deepened by a long queue of what ends at once', async () => {
      operation({
        concurrency: 500,
        run: (context) => (context.data === 'slow' ? run(context) : context.data),
      });
      for (let n = 0; n < 500; n++) receive(request('slow', { i: 100_000 + n }));
      for (let n = 0; n < 5000; n++) receive(request(n));
      await end('slow');
      await host.clock.settle();
      expect(results()).to.have.length(5001);
    });

    it('frees its place when a handler throws', async () => {
      operation({
        concurrency: 1,
        run: () => {
          throw new Error('bug');
        },
      });
      receive(request(1), request(2));
      expect(errors()).to.deep.equal(['INTERNAL FAILED', 'INTERNAL FAILED']);
    });
  });

  describe('a timeout', () => {
    it('answers for the handler, aborts it, and keeps its place until it ends', async () => {
      let signal: AbortSignal | undefined;
      operation({
        timeout: 50,
        concurrency: 1,
        run: (context) => {
          signal = context.abortSignal;
          return run(context);
        },
      });
      receive(request(1), request(2));
      await host.clock.advance(60);
      expect(channel.of('err')[0]).to.include({
        i: 1,
        c: 'DEADLINE_EXCEEDED',
        o: 'FAILED',
        m: "'@a/b::x' did not end within its timeout of 50ms",
      });
      expect(signal!.aborted).to.equal(true);
      expect(began).to.deep.equal([1]);
      await end(1);
      expect(began).to.deep.equal([1, 2]);
      expect(results()).to.deep.equal([]);
      await end(2);
      expect(results()).to.deep.equal([2]);
      await host.clock.advance(1000);
      expect(channel.sent).to.have.length(2);
    });

    it('leaves a repeat to wait for the handler, which still runs', async () => {
      operation({ timeout: 50 });
      receive(request(1, { u: 'a' }));
      await host.clock.advance(60);
      expect(errors()).to.deep.equal(['DEADLINE_EXCEEDED FAILED']);
      receive(request(2, { u: 'a' }));
      expect(began).to.deep.equal([1]);
      await end(1);
      receive(request(3, { u: 'a' }));
      expect(began).to.deep.equal([1]);
      expect(channel.of('res').map(({ i, d }) => [i, d])).to.deep.equal([
        [2, 1],
        [3, 1],
      ]);
      expect(server.inFlight).to.equal(0);
    });
  });

  describe('a key', () => {
    it('has equal ones run one after another, and others beside them', async () => {
      operation();
      receive(request(1, { k: 'a' }), request(2, { k: 'a' }), request(3, { k: 'b' }), request(4));
      expect(began).to.deep.equal([1, 3, 4]);
      await end(1);
      expect(began).to.deep.equal([1, 3, 4, 2]);
      await end(2);
      expect(results()).to.deep.equal([1, 2]);
    });

    it('passes over what was given up, and goes on', async () => {
      operation();
      receive(request(1, { k: 'a' }), request(2, { k: 'a' }), request(3, { k: 'a' }));
      receive({ t: 'can', i: 2 });
      expect(errors()).to.deep.equal(['CANCELLED REJECTED']);
      await end(1);
      expect(began).to.deep.equal([1, 3]);
      expect(server.inFlight).to.equal(1);
    });

    it('refuses others while 10,000 wait, but not for what nobody waits for any more', async () => {
      operation();
      const dl = host.clock.now() + 50;
      receive(request('hangs', { k: 'a' }));
      receive(...Array.from({ length: 10_000 }, (_, n) => request(n, { k: 'a', dl })));
      receive(request('early', { k: 'b' }));
      expect(errors()).to.deep.equal(['RESOURCE_EXHAUSTED REJECTED']);
      await host.clock.advance(60);
      receive(request('late', { k: 'b' }), request('next', { k: 'a' }));
      expect(began).to.deep.equal(['hangs', 'late']);
      expect(new Set(errors().slice(1))).to.deep.equal(new Set(['DEADLINE_EXCEEDED REJECTED']));
      expect(server.inFlight).to.equal(3);
      await end('hangs');
      expect(began).to.deep.equal(['hangs', 'late', 'next']);
    });

    it('makes room by what was given up while it waited', () => {
      operation();
      receive(request('hangs', { k: 'a' }));
      for (let n = 0; n < 10_001; n++) {
        receive(request(n, { k: 'a' }));
        receive({ t: 'can', i: id });
      }
      expect(new Set(errors())).to.deep.equal(new Set(['CANCELLED REJECTED']));
      receive(request('other', { k: 'b' }));
      expect(began).to.deep.equal(['hangs', 'other']);
    });
  });

  describe('an idempotency key', () => {
    it('runs a request once, and answers its repeats from memory, also on another connection', async () => {
      operation();
      receive(request(1, { u: 'order-1' }));
      receive(request(2, { u: 'order-1' }));
      await end(1);
      const first = channel;
      channel = connect();
      receive(request(3, { u: 'order-1' }));
      expect(began).to.deep.equal([1]);
      expect(first.of('res').map(({ i, d }) => [i, d])).to.have.deep.members([
        [1, 1],
        [2, 1],
      ]);
      expect(channel.of('res')).to.deep.equal([{ t: 'res', i: 3, d: 1 }]);
      expect(server.inFlight).to.equal(0);
    });

    it('goes on when the connection is lost, for the caller comes back', async () => {
      operation({ run: (context) => (context.abortSignal.aborted ? 'aborted' : run(context)) });
      receive(request(1, { u: 'order-1' }));
      server.closed(channel);
      channel = connect();
      receive(request(2, { u: 'order-1', a: 2 }));
      await end(1);
      expect(channel.of('res')).to.deep.equal([{ t: 'res', i: 2, d: 1 }]);
    });

    it('is not given up while a repeat waits, and is where none does; what it came to is remembered', async () => {
      let aborted = 0;
      operation({
        run: (context) => {
          context.abortSignal.addEventListener('abort', () => aborted++);
          return run(context);
        },
      });
      receive(request(1, { u: 'a' }), request(2, { u: 'a' }), request(3, { u: 'b' }));
      receive({ t: 'can', i: 1 }, { t: 'can', i: 3 });
      expect(aborted).to.equal(1);
      await end(1);
      await end(3);
      receive(request(4, { u: 'b' }));
      expect(began).to.deep.equal([1, 3]);
      expect(channel.of('res').at(-1)).to.deep.equal({ t: 'res', i: 4, d: 3 });
    });

    it('runs a repeat in the place of one that was cut off in the middle', async () => {
      operation({
        run: async (context) => {
          const value = await run(context);
          context.abortSignal.throwIfAborted();
          return value;
        },
      });
      receive(request(1, { u: 'a' }), { t: 'can', i: 1 });
      receive(request(2, { u: 'a' }), request(3, { u: 'a' }), request(4, { u: 'a' }));
      receive({ t: 'can', i: 2 });
      await end(1);
      expect(began).to.deep.equal([1, 3]);
      await end(3);
      expect(errors()).to.deep.equal(['CANCELLED REJECTED', 'CANCELLED FAILED']);
      expect(channel.of('res').map(({ i, d }) => [i, d])).to.have.deep.members([
        [3, 3],
        [4, 3],
      ]);
      expect(server.inFlight).to.equal(0);
    });

    for (const [place, over] of [
      ['a limit', {}],
      ['a key', { k: 'k' }],
    ] as const) {
      it(`does not have a repeat share the end of one that waited for ${place} too long`, async () => {
        operation(place === 'a limit' ? { concurrency: 1 } : {});
        const dl = host.clock.now() + 50;
        receive(request('slow', over));
        receive(...['a', 'b', 'c'].map((u) => request(u, { ...over, u, dl })));
        receive({ t: 'can', i: 3 });
        // One comes in time, the others when it is too late.
        receive(request('again a', { ...over, u: 'a' }));
        await host.clock.advance(60);
        receive(request('again b', { ...over, u: 'b' }), request('again c', { ...over, u: 'c' }));
        await end('slow');
        for (let n = 1; n <= 3; n++) await end(began[n]);
        expect(results()).to.have.members(['slow', 'again a', 'again b', 'again c']);
        expect(errors().toSorted()).to.deep.equal([
          'CANCELLED REJECTED',
          'DEADLINE_EXCEEDED REJECTED',
          'DEADLINE_EXCEEDED REJECTED',
        ]);
        expect(server.inFlight).to.equal(0);
      });
    }

    it('remembers what a handler threw, and not what was refused', async () => {
      let runs = 0;
      operation({
        concurrency: 1,
        run: (context) => {
          if (context.data === 'slow') return run(context);
          runs++;
          throw new Error('bug');
        },
      });
      receive(request(1, { u: 'a' }), request(2, { u: 'a' }));
      expect(runs).to.equal(1);
      receive(request('slow'), ...Array.from({ length: 10 }, () => request('waits')), request(5, { u: 'b' }));
      expect(errors().at(-1)).to.equal('RESOURCE_EXHAUSTED REJECTED');
      await end('slow');
      await host.clock.settle();
      receive(request(6, { u: 'b' }));
      expect(errors().at(-1)).to.equal('INTERNAL FAILED');
    });
  });
});
