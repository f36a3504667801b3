import { expect } from 'chai';
import { MAX_IN_FLIGHT } from '../../../lib/delivery/peer.js';
import type { CallRequest } from '../../../lib/delivery/call-request.js';
import { Requester } from '../../../lib/delivery/requester.js';
import { currentMessage } from '../../../lib/runtime/current-message.js';
import { AtomError } from '../../../lib/errors.js';
import type { Envelope, Request, Response } from '../../../lib/wire/envelope.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { contextOf, errorOf } from '../runtime/support.js';
import { FakeNetwork } from './support.js';

describe('Requester', () => {
  let network: FakeNetwork;
  let requester: Requester;

  beforeEach(() => {
    network = new FakeNetwork();
    const options = { requestTimeout: 10_000, discoveryGrace: 1000, maxBody: 1000 };
    requester = new Requester(network.host, options);
    requester.started();
  });

  const convert = (answer: unknown): unknown => answer;
  const call = (over: Partial<CallRequest> = {}) => {
    const base = {
      kind: 'req',
      service: '@a/b',
      what: 'x',
      data: { n: 1 },
      version: undefined,
      by: '',
      convert,
    } as const;
    const promise = requester.call({ ...base, ...over }) as Promise<Response>;
    promise.catch(() => undefined);
    return promise;
  };
  const requestsTo = (record: InstanceRecord) => network.link(record).of('req');
  const answer = (record: InstanceRecord, envelope: (request: Request) => Envelope) =>
    network.link(record).receive(requestsTo(record).slice(-1).map(envelope));
  const refusal = ({ i }: Request): Envelope => ({
    t: 'err',
    i,
    c: 'UNAVAILABLE',
    o: 'REJECTED',
    m: 'draining',
  });
  const pastGrace = () => network.clock.advance(1001);

  it('connects when first needed, sends once there is a session, and gives the answer', async () => {
    const record = network.add('@a/b');
    expect(network.links).to.have.length(0);
    const answered = call();
    expect(requestsTo(record)).to.deep.equal([]);
    network.open(record);
    expect(requestsTo(record)).to.deep.equal([
      { t: 'req', i: 1, s: '@a/b', o: 'x', dl: 10_000, d: { n: 1 } },
    ]);
    answer(record, ({ i }) => ({ t: 'res', i, d: 'yes' }));
    expect((await answered).d).to.equal('yes');
    await requester.settled();
    void call();
    expect(network.links).to.have.length(1);
  });

  it('gives an error of the server as it is', async () => {
    const record = network.add('@a/b');
    const failed = errorOf(call());
    network.open(record);
    answer(record, ({ i }) => ({ t: 'err', i, c: 'NOT_FOUND', o: 'FAILED', m: 'no order', x: [1] }));
    expect(await failed).to.include({
      code: 'NOT_FOUND',
      outcome: 'FAILED',
      message: 'no order',
      service: '@a/b',
      operation: 'x',
      instance: record.id,
    });
  });

  describe('when nobody offers the service', () => {
    it('fails at once, with a hint where a name is close', async () => {
      await pastGrace();
      expect(await errorOf(call())).to.include({
        code: 'UNAVAILABLE',
        outcome: 'NOT_SENT',
        message: "Service '@a/b' not found: it is not available or running",
      });
      network.add('@shop/orders');
      expect((await errorOf(call({ service: '@shop/order' }))).message).to.equal(
        "Service '@shop/order' not found: it is not available or running; did you mean '@shop/orders'?",
      );
    });

    it('fails at once after the grace, also when its timer fired a little early', async () => {
      await network.clock.advance(1000);
      network.clock.now = () => 999.6;
      let failed = false;
      void errorOf(call()).then(() => (failed = true));
      await network.clock.settle();
      expect(failed).to.equal(true);
    });

    it('waits for it within the grace of the start, and no longer', async () => {
      const early = call();
      const late = errorOf(call({ service: '@a/never' }));
      await network.clock.advance(500);
      const record = network.add('@a/b');
      network.open(record);
      answer(record, ({ i }) => ({ t: 'res', i }));
      await early;
      await network.clock.advance(499);
      let failed = false;
      void late.then(() => (failed = true));
      await network.clock.settle();
      expect(failed).to.equal(false);
      await network.clock.advance(2);
      expect((await late).outcome).to.equal('NOT_SENT');
    });
  });

  it('goes to the next instance when one cannot be reached, and fails when none can', async () => {
    await pastGrace();
    const records = [network.add('@a/b'), network.add('@a/b')];
    const answered = call();
    const [first] = network.links;
    first!.end('refused');
    const other = records.find(({ id }) => id !== first!.target)!;
    network.open(other);
    answer(other, ({ i }) => ({ t: 'res', i, d: 1 }));
    expect((await answered).d).to.equal(1);

    const only = network.add('@a/only');
    const failed = errorOf(call({ service: '@a/only' }));
    network.link(only).end('refused');
    expect(await failed).to.include({ code: 'UNAVAILABLE', outcome: 'NOT_SENT' });
  });

  it('goes elsewhere when an instance says that it is draining, at most to three', async () => {
    const records = Array.from({ length: 5 }, () => network.add('@a/b'));
    const failed = errorOf(call());
    for (let n = 0; n < 3; n++) {
      const link = network.links.at(-1)!;
      const record = records.find(({ id }) => id === link.target)!;
      network.open(record);
      answer(record, refusal);
      // The first retry is made at once, the next one a while later.
      if (n === 1) await network.clock.advance(50);
    }
    expect(await failed).to.include({ code: 'UNAVAILABLE', outcome: 'REJECTED', message: 'draining' });
    expect(new Set(network.links.map(({ target }) => target)).size).to.equal(3);
  });

  it('asks the one instance that is meant, and no other', async () => {
    await pastGrace();
    network.add('@a/b');
    const meant = network.add('@a/b');
    for (let n = 0; n < 5; n++) void call({ instance: meant.id });
    network.open(meant);
    expect(requestsTo(meant)).to.have.length(5);
    expect(network.links).to.have.length(1);
    const gone = await errorOf(call({ instance: 'f'.repeat(32) }));
    expect(gone.message).to.equal(
      `Service '@a/b' (instance ${'f'.repeat(32)}) not found: it is not available or running`,
    );
  });

  it('limits what is in flight to one instance', async () => {
    const record = network.add('@a/b');
    for (let n = 0; n < MAX_IN_FLIGHT; n++) void call();
    network.open(record);
    expect(await errorOf(call())).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'NOT_SENT' });
    answer(record, ({ i }) => ({ t: 'res', i }));
    const next = call();
    answer(record, ({ i }) => ({ t: 'res', i }));
    await next;
  });

  it('says that it is full where the byte budget is used up', async () => {
    const record = network.add('@a/b');
    void call();
    network.open(record).full = true;
    expect(await errorOf(call())).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'NOT_SENT' });
  });

  it('does not know what became of a call whose connection was lost', async () => {
    const record = network.add('@a/b');
    const failed = errorOf(call());
    network.open(record).end('disconnected');
    expect(await failed).to.include({
      code: 'UNAVAILABLE',
      outcome: 'UNKNOWN',
      message: `The connection to '@a/b' (instance ${record.id}) was lost before 'x' was answered`,
    });
  });

  it('times out, UNKNOWN if it was sent and NOT_SENT if not, and tells the server', async () => {
    const record = network.add('@a/b');
    const waiting = errorOf(call({ timeout: 50 }));
    await network.clock.advance(60);
    const message = 'Request timeout after 50ms for @a/b::x';
    expect(await waiting).to.include({ code: 'DEADLINE_EXCEEDED', outcome: 'NOT_SENT', message });
    network.open(record);
    expect(requestsTo(record)).to.deep.equal([]);
    const sent = errorOf(call({ timeout: 50 }));
    await network.clock.advance(60);
    expect(await sent).to.include({ outcome: 'UNKNOWN', message });
    expect(network.link(record).of('can')).to.deep.equal([{ t: 'can', i: 1 }]);
    // An answer that comes too late is nobody's.
    answer(record, ({ i }) => ({ t: 'res', i }));
    await requester.settled();
  });

  it('sends nothing when no time is left', async () => {
    const record = network.add('@a/b');
    void call();
    network.open(record);
    expect(await errorOf(call({ timeout: 0 }))).to.include({
      code: 'DEADLINE_EXCEEDED',
      outcome: 'NOT_SENT',
    });
    expect(requestsTo(record)).to.have.length(1);
  });

  it('is given up by its abort signal: before, while waiting, and after it was sent', async () => {
    const record = network.add('@a/b');
    const before = await errorOf(call({ signal: AbortSignal.abort() }));
    expect(before).to.include({ code: 'CANCELLED', outcome: 'NOT_SENT' });
    const waits = new AbortController();
    const waiting = errorOf(call({ signal: waits.signal }));
    waits.abort();
    expect((await waiting).outcome).to.equal('NOT_SENT');
    const runs = new AbortController();
    const running = errorOf(call({ signal: runs.signal }));
    network.open(record);
    expect(requestsTo(record)).to.have.length(1);
    runs.abort();
    expect((await running).outcome).to.equal('UNKNOWN');
    expect(network.link(record).of('can')).to.have.length(1);
    expect([...requester.routes.all()].map((peer) => peer.inFlight)).to.deep.equal([0]);
  });

  it('inherits deadline, trace and end of the message being handled', async () => {
    const record = network.add('@a/b');
    const parent = contextOf({ ...network, deadlines: requester.deadlines }, 500, { tracestate: 'v=1' });
    currentMessage.use();
    const nested = errorOf(currentMessage.run(parent, () => call()) as Promise<unknown>);
    network.open(record);
    const [sent] = requestsTo(record);
    expect(sent).to.include({ dl: 500 });
    expect(sent!.h!.traceparent).to.include(parent.traceId);
    expect(sent!.h!.tracestate).to.equal('v=1');
    parent.cancel(new AtomError('CANCELLED', 'given up'));
    expect(await nested).to.include({ code: 'CANCELLED', outcome: 'UNKNOWN' });
    expect(network.link(record).of('can')).to.have.length(1);
    const after = await errorOf(currentMessage.run(parent, () => call()) as Promise<unknown>);
    expect(after).to.include({ code: 'CANCELLED', outcome: 'NOT_SENT', message: 'given up' });
    expect(requestsTo(record)).to.have.length(1);
  });

  it('has its own deadline once the handler that it was called from has ended', () => {
    const record = network.add('@a/b');
    const parent = contextOf({ ...network, deadlines: requester.deadlines }, 500);
    parent.finish();
    void currentMessage.run(parent, () => call());
    network.open(record);
    expect(requestsTo(record)[0]).to.include({ dl: 10_000 });
  });
});
