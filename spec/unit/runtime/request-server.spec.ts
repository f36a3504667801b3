import { expect } from 'chai';
import { AtomError } from '../../../lib/errors.js';
import { currentMessage } from '../../../lib/runtime/current-message.js';
import { RequestServer } from '../../../lib/runtime/request-server.js';
import type { MessageContext } from '../../../lib/runtime/context.js';
import { ServiceRuntime } from '../../../lib/runtime/service-runtime.js';
import type { Envelope, Request } from '../../../lib/wire/envelope.js';
import { batch, contextHost, FakeChannel, SELF } from './support.js';

type Run = (context: MessageContext) => unknown;

describe('RequestServer', () => {
  let host: ReturnType<typeof contextHost>;
  let server: RequestServer;
  let service: ServiceRuntime;
  let channel: FakeChannel;
  const lines = () => host.logger.all;

  beforeEach(() => {
    host = contextHost();
    server = new RequestServer({ ...host, self: () => SELF, maxBody: 2000, builtin: () => undefined });
    service = new ServiceRuntime('@a/b', '1.0.0', {});
    server.serve(service);
    channel = new FakeChannel();
    receive({ t: 'hello' });
    channel.sent.length = 0;
  });

  const receive = (...envelopes: Envelope[]) =>
    server.received(channel, batch(envelopes, { sentAt: host.clock.now() }));
  const operation = (run: Run, name = 'x') =>
    service.add({ name, method: name, accepts: { kind: 'any' }, returns: { kind: 'any' }, run });
  const request = (over: Partial<Request> = {}): Request => ({
    t: 'req',
    i: 1,
    s: '@a/b',
    o: 'x',
    dl: host.clock.now() + 100,
    ...over,
  });
  const answers = async () => {
    await host.clock.settle();
    return channel.sent;
  };

  it('answers with what the handler gives, now or later', async () => {
    operation((context) => ({ got: context.data }));
    operation(async () => 'later', 'y');
    receive(request({ d: 5 }), request({ i: 2, o: 'y' }));
    expect(await answers()).to.deep.equal([
      { t: 'res', i: 1, d: { got: 5 } },
      { t: 'res', i: 2, d: 'later' },
    ]);
    expect(server.inFlight).to.equal(0);
  });

  it('refuses a service that is not here and an operation that does not exist', async () => {
    receive(request({ s: '@a/c' }), request({ o: 'y' }));
    expect(await answers()).to.deep.equal([
      { t: 'err', i: 1, c: 'UNAVAILABLE', o: 'REJECTED', m: "Service '@a/c' does not run here" },
      { t: 'err', i: 1, c: 'UNIMPLEMENTED', o: 'REJECTED', m: "Operation 'y' not supported by '@a/b'" },
    ]);
  });

  it('takes on 20,000 requests of one connection at a time, and refuses more', async () => {
    let runs = 0;
    operation(() => new Promise(() => runs++));
    receive(...Array.from({ length: 20_000 }, (_, at) => request({ i: at + 1 })));
    expect(await answers()).to.deep.equal([]);
    receive(request({ i: 20_001 }));
    expect(runs).to.equal(20_000);
    expect(await answers()).to.have.length(1);
    expect(channel.sent[0]).to.include({ t: 'err', i: 20_001, c: 'RESOURCE_EXHAUSTED', o: 'REJECTED' });
  });

  it('does not run what has expired', async () => {
    let runs = 0;
    operation(() => ++runs);
    receive(request({ dl: host.clock.now() }));
    expect(await answers()).to.deep.equal([
      {
        t: 'err',
        i: 1,
        c: 'DEADLINE_EXCEEDED',
        o: 'REJECTED',
        m: "The deadline passed before '@a/b' could run it",
      },
    ]);
    expect(runs).to.equal(0);
    expect(service.operation('x')!.stats.view()).to.deep.include({
      count: 1,
      errors: { DEADLINE_EXCEEDED: 1 },
    });
  });

  it('does not run what waited in a freeze longer than it had', async () => {
    let runs = 0;
    operation(() => ++runs);
    const frozen = batch([request({ dl: 500 })], { sentAt: 400 });
    await host.clock.advance(3000);
    server.received(channel, frozen);
    await host.clock.settle();
    expect(runs).to.equal(0);
  });

  it('fires the abort signal on CANCEL, when the caller leaves, and when it is lost', async () => {
    const reasons: string[] = [];
    operation(
      ({ abortSignal }) =>
        new Promise((_, reject) =>
          abortSignal.addEventListener('abort', () => {
            reasons.push((abortSignal.reason as Error).message);
            reject(abortSignal.reason as Error);
          }),
        ),
    );
    receive(request());
    receive({ t: 'can', i: 1 });
    receive(request({ i: 2 }));
    receive({ t: 'bye', why: 'leaving' });
    receive({ t: 'hello' });
    receive(request({ i: 3 }));
    server.closed(channel);
    expect(reasons).to.deep.equal(['The caller has given up', 'The caller has gone', 'The caller has gone']);
    await host.clock.settle();
    expect(server.inFlight).to.equal(0);
  });

  it('lets an AtomError through as it is, as FAILED', async () => {
    operation(() => {
      throw new AtomError('NOT_FOUND', 'no such order', { details: { id: 7 }, outcome: 'NOT_SENT' });
    });
    receive(request());
    expect(await answers()).to.deep.equal([
      { t: 'err', i: 1, c: 'NOT_FOUND', o: 'FAILED', m: 'no such order', x: { id: 7 } },
    ]);
    expect(lines()).to.deep.equal([]);
  });

  for (const thrown of [new Error('password is hunter2'), 'text', undefined, null, { toString: null }]) {
    it(`tells the caller nothing of ${thrown instanceof Error ? 'an error' : JSON.stringify(thrown)}, and logs it`, async () => {
      operation(() => {
        throw thrown as Error;
      });
      operation(async () => {
        throw thrown as Error;
      }, 'y');
      receive(request(), request({ o: 'y', i: 2 }));
      for (const answer of await answers()) {
        expect(answer).to.include({ t: 'err', c: 'INTERNAL', o: 'FAILED' });
        expect(JSON.stringify(answer)).not.to.include('hunter2');
      }
      expect(channel.sent[0]).to.include({ m: "'@a/b::x' failed; its log says why" });
      expect(lines()).to.deep.equal(['error handler failed', 'error handler failed']);
    });
  }

  it('answers INTERNAL for what cannot be sent, or is too large in bytes', async () => {
    operation(() => ({ big: 1n }));
    operation(() => 'x'.repeat(3000), 'y');
    operation(() => '€'.repeat(1000), 'z');
    receive(request(), request({ o: 'y' }), request({ o: 'z' }));
    for (const answer of await answers()) expect(answer).to.include({ c: 'INTERNAL', o: 'FAILED' });
    expect(lines()).to.have.length(3);
    expect(channel.sent).to.have.length(3);
  });

  it('answers once, whatever a thenable does', async () => {
    operation(() => ({
      then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
        resolve(1);
        resolve(2);
        reject(new Error('late'));
      },
    }));
    receive(request());
    expect(await answers()).to.deep.equal([{ t: 'res', i: 1, d: 1 }]);
    expect(server.inFlight).to.equal(0);
  });

  it('is the current message while its handler runs', async () => {
    currentMessage.use();
    operation(async (context) => {
      await Promise.resolve();
      return currentMessage.get() === context;
    });
    receive(request());
    expect(await answers()).to.deep.equal([{ t: 'res', i: 1, d: true }]);
  });

  it('accepts a signal before its handlers run, and survives what they throw', async () => {
    const seen: unknown[] = [];
    const listen = (topic: string, run: Run) =>
      service.listen({
        topic,
        run,
        from: undefined,
        delivery: 'group',
        concurrency: 1,
        accepts: { kind: 'any' },
      });
    listen('stock.*', ({ data, signal }) => {
      seen.push([data, signal, channel.of('acc').length]);
      throw new Error('no');
    });
    listen('other', () => seen.push('never'));
    receive({ t: 'sig', i: 3, s: '@a/b', p: 'stock.low', dl: 100, d: 1 });
    receive({ t: 'sig', i: 4, s: '@a/b', p: 'unknown', dl: 100 });
    expect(await answers()).to.deep.equal([
      { t: 'acc', i: 3 },
      {
        t: 'err',
        i: 4,
        c: 'UNIMPLEMENTED',
        o: 'REJECTED',
        m: "Topic 'unknown' not handled by '@a/b'; there is stock.*, other",
      },
    ]);
    expect(seen).to.deep.equal([[1, true, 1]]);
    expect(lines()).to.deep.equal(['error signal handler failed']);
    expect(server.inFlight).to.equal(0);
  });

  describe('signals of one sender and topic', () => {
    const began: unknown[] = [];
    const finish = new Map<unknown, () => void>();

    beforeEach(() => {
      began.length = 0;
      finish.clear();
      service.listen({
        topic: '>',
        run: ({ data }) => {
          began.push(data);
          return new Promise<void>((resolve) => finish.set(data, resolve));
        },
        from: undefined,
        delivery: 'group',
        concurrency: 1,
        accepts: { kind: 'any' },
      });
    });
    const signal = (i: number, p = 'x') => receive({ t: 'sig', i, s: '@a/b', p, dl: 100, d: i });

    it('are handled in order, one at a time, and others beside them', async () => {
      for (const i of [1, 2]) signal(i);
      signal(3, 'y');
      expect(channel.of('acc')).to.have.length(3);
      expect([began, server.inFlight]).to.deep.equal([[1, 3], 3]);
      finish.get(1)!();
      await host.clock.settle();
      expect([began, server.inFlight]).to.deep.equal([[1, 3, 2], 2]);
    });

    it('are refused when too many wait', () => {
      for (let i = 0; i < 10_000; i++) signal(i);
      expect(channel.of('err')).to.deep.equal([]);
      signal(10_000);
      expect(channel.of('err')[0]).to.include({ i: 10_000, c: 'RESOURCE_EXHAUSTED', o: 'REJECTED' });
    });

    it('are not begun any more once the process can wait no longer', async () => {
      for (const i of [1, 2]) signal(i);
      server.abort(new AtomError('CANCELLED', 'enough'));
      finish.get(1)!();
      await host.clock.settle();
      expect([began, server.inFlight]).to.deep.equal([[1], 0]);
    });
  });

  it('drains: takes what was on its way, answers it, then refuses', async () => {
    let finish = (): void => {};
    operation(() => new Promise<void>((resolve) => (finish = resolve)));
    let drained = false;
    void server.drain().then(() => (drained = true));
    receive(request());
    receive({ t: 'pong', i: 0 });
    await host.clock.settle();
    receive(request({ i: 2 }));
    expect(channel.of('err')).to.deep.equal([
      { t: 'err', i: 2, c: 'UNAVAILABLE', o: 'REJECTED', m: "'@a/b' is draining here" },
    ]);
    // Nor when the peer answers whatever it is asked, while the handler still runs.
    receive({ t: 'pong', i: 1 });
    await host.clock.settle();
    expect(drained).to.equal(false);
    finish();
    await host.clock.settle();
    expect(channel.of('res')).to.have.length(1);
    receive({ t: 'pong', i: 1 });
    await host.clock.settle();
    expect(drained).to.equal(true);
  });

  it('aborts requests and signals that are still running', async () => {
    const aborted: string[] = [];
    const run: Run = ({ abortSignal, kind }) =>
      new Promise<void>((resolve) =>
        abortSignal.addEventListener('abort', () => {
          aborted.push(kind);
          resolve();
        }),
      );
    operation(run);
    const any = { kind: 'any' } as const;
    service.listen({ topic: 't', run, from: undefined, delivery: 'group', concurrency: 1, accepts: any });
    receive(request(), { t: 'sig', i: 2, s: '@a/b', p: 't', dl: 100 });
    server.abort(new AtomError('CANCELLED', 'closing'));
    expect(aborted).to.deep.equal(['request', 'signal']);
    await host.clock.settle();
    expect(server.inFlight).to.equal(0);
  });
});
