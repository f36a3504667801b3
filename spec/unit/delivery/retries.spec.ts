import { expect } from 'chai';
import type { CallRequest } from '../../../lib/delivery/call-request.js';
import { Requester } from '../../../lib/delivery/requester.js';
import type { Envelope, Request, Response } from '../../../lib/wire/envelope.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { errorOf } from '../runtime/support.js';
import { FakeNetwork } from './support.js';

describe('Requester, trying again', () => {
  let network: FakeNetwork;
  let requester: Requester;
  let records: InstanceRecord[];

  beforeEach(async () => {
    network = new FakeNetwork();
    requester = new Requester(network.host, { requestTimeout: 10_000, discoveryGrace: 0, maxBody: 1000 });
    requester.started();
    await network.clock.advance(1);
    records = [];
  });

  const add = (count: number, operations: InstanceRecord['services'][number]['operations'] = []) => {
    for (let n = 0; n < count; n++) {
      const services = [{ name: '@a/b', version: '1.0.0', operations, lexemes: [] }];
      records.push(network.add('@a/b', { services }));
    }
    return records;
  };
  const call = (options: CallRequest['options'] = {}, over: Partial<CallRequest> = {}) => {
    const base = { kind: 'req', service: '@a/b', what: 'x', data: 1, version: undefined, by: '' } as const;
    const convert = (answer: unknown, instance: string) => ({ ...(answer as Response), from: instance });
    const promise = requester.call({ ...base, convert, options, ...over }) as Promise<
      Response & { from: string }
    >;
    promise.catch(() => undefined);
    return promise;
  };
  /** Where the newest attempt is, its session opened where it was not. */
  const attempt = (): { record: InstanceRecord; request: Request } => {
    for (const record of records) {
      const link = network.links.findLast(({ target, ended }) => target === record.id && !ended);
      if (link !== undefined && link.of('req').length === 0) link.receive([{ t: 'info', record }]);
    }
    const sent = records.flatMap((record) =>
      network.links
        .filter(({ target, ended }) => target === record.id && !ended)
        .flatMap((link) => link.of('req').map((request) => ({ record, request }))),
    );
    return sent.reduce((newest, one) => ((one.request.a ?? 1) > (newest.request.a ?? 1) ? one : newest));
  };
  const reply = ({ record, request }: ReturnType<typeof attempt>, over: object = {}) => {
    const envelope = { t: 'res', i: request.i, ...over } as Envelope;
    network.link(record).receive([envelope]);
  };
  const refuse = { t: 'err', c: 'RESOURCE_EXHAUSTED', o: 'REJECTED', m: 'busy' };

  it('asks another instance at once when one is overloaded, and says which attempt it is', async () => {
    add(2);
    const answered = call();
    const first = attempt();
    expect(first.request).not.to.have.property('a');
    reply(first, refuse);
    const second = attempt();
    expect(second.request.a).to.equal(2);
    expect(second.record).not.to.equal(first.record);
    reply(second);
    expect((await answered).from).to.equal(second.record.id);
  });

  it('fails as the server said when there is no other instance', async () => {
    add(1);
    const failed = errorOf(call());
    reply(attempt(), refuse);
    expect(await failed).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'REJECTED', message: 'busy' });
  });

  it('does not repeat a plain call that may have run', async () => {
    add(2);
    const failed = errorOf(call());
    network.link(attempt().record).end('disconnected');
    expect(await failed).to.include({ code: 'UNAVAILABLE', outcome: 'UNKNOWN' });
  });

  it('repeats an idempotent one on another instance at once', async () => {
    add(2);
    const answered = call({ idempotent: true });
    const first = attempt();
    network.link(first.record).end('disconnected');
    const second = attempt();
    expect(second.record).not.to.equal(first.record);
    reply(second);
    expect((await answered).from).to.equal(second.record.id);
  });

  it('takes the word of the operation, by its name or its method, unless the call says otherwise', async () => {
    add(3, [{ name: 'x', method: 'doX', idempotent: true }]);
    for (const what of ['x', 'doX']) {
      const answered = call({}, { what });
      const first = attempt();
      network.link(first.record).end('disconnected');
      reply(attempt());
      await answered;
      network.directory.observe(first.record.id, 'goodbye');
      add(1, first.record.services[0]!.operations);
      for (const link of network.links) link.sent.length = 0;
    }
    const failed = errorOf(call({ idempotent: false }));
    network.link(attempt().record).end('disconnected');
    expect((await failed).outcome).to.equal('UNKNOWN');
  });

  it('repeats what a handler threw only where the error is retryable and the call idempotent', async () => {
    add(2);
    const threw = { t: 'err', c: 'ABORTED', o: 'FAILED', m: 'again' };
    const plain = errorOf(call());
    reply(attempt(), threw);
    expect((await plain).outcome).to.equal('FAILED');
    for (const link of network.links) link.sent.length = 0;
    const final = errorOf(call({ idempotent: true }));
    reply(attempt(), { ...threw, r: false });
    expect((await final).outcome).to.equal('FAILED');
    for (const link of network.links) link.sent.length = 0;
    const answered = call({ idempotent: true });
    reply(attempt(), threw);
    reply(attempt());
    await answered;
  });

  it('sends three attempts at most, or as many as the call says, with a wait before the third', async () => {
    add(5);
    const again = { t: 'err', c: 'ABORTED', o: 'FAILED', m: 'again' };
    const failed = errorOf(call({ idempotent: true }));
    reply(attempt(), again);
    reply(attempt(), again);
    expect(attempt().request.a).to.equal(2);
    await network.clock.advance(50);
    expect(attempt().request.a).to.equal(3);
    reply(attempt(), again);
    expect((await failed).outcome).to.equal('FAILED');
    for (const link of network.links) link.sent.length = 0;
    const once = errorOf(call({ retries: 0 }));
    reply(attempt(), refuse);
    expect((await once).outcome).to.equal('REJECTED');
  });

  it('asks others without a wait while it is turned away, so that its caller soon knows', async () => {
    add(5);
    const failed = errorOf(call());
    for (const a of [undefined, 2, 3]) {
      expect(attempt().request.a).to.equal(a);
      reply(attempt(), refuse);
    }
    expect((await failed).outcome).to.equal('REJECTED');
  });

  it('keeps to the one deadline, and still says that it may have run', async () => {
    add(2);
    const failed = errorOf(call({ idempotent: true }, { timeout: 1000 }));
    const first = attempt();
    await network.clock.advance(600);
    network.link(first.record).end('disconnected');
    const second = attempt();
    expect(second.request.dl).to.equal(first.request.dl);
    reply(second, refuse);
    expect(await failed).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'UNKNOWN' });
    expect([...requester.routes.all()].map(({ inFlight }) => inFlight)).to.deep.equal([0, 0]);
  });

  it('earns its budget once for each call, however often that is routed', async () => {
    const [record] = add(1);
    for (let n = 0; n < 10; n++) void call({ idempotent: true });
    const routes = requester.routes.to(record!.services[0]!.name)!;
    expect(routes.requests).to.equal(10);
    network.link(record!).end('refused');
    network.directory.observe(record!.id, 'answered');
    await network.clock.advance(1);
    expect(routes.requests).to.equal(10);
  });

  it('stops when the budget is used up', async () => {
    add(2);
    let repeated = 0;
    for (let n = 0; n < 300; n++) {
      const promise = call({ retries: 1 });
      const first = attempt();
      reply(first, refuse);
      const second = attempt();
      if (second.request.a === 2) {
        repeated++;
        reply(second);
        await promise;
      } else expect((await errorOf(promise)).outcome).to.equal('REJECTED');
      for (const link of network.links) link.sent.length = 0;
    }
    // 100 are kept, which is more than a fifth of 300.
    expect(repeated).to.equal(100);
  });

  it('does not count instances that cannot be reached as attempts', async () => {
    add(6);
    const answered = call({ retries: 0 });
    for (let n = 0; n < 5; n++) network.links.at(-1)!.end('refused');
    reply(attempt());
    expect((await answered).t).to.equal('res');
  });

  describe('when an instance freezes', () => {
    /** Nothing is heard of the first; the others answer what they are asked. */
    const freeze = async (frozen: InstanceRecord) => {
      for (let n = 0; n < 8; n++) {
        await network.clock.advance(250);
        for (const record of records) {
          const link = network.links.findLast(({ target }) => target === record.id);
          if (record !== frozen && link !== undefined) link.receive([{ t: 'pong', i: 0 }]);
        }
      }
    };

    it('asks another one for what is idempotent, and cancels the old attempt', async () => {
      add(2);
      const answered = call({ idempotent: true });
      const first = attempt();
      const plain = call({}, { instance: first.record.id });
      await freeze(first.record);
      const second = attempt();
      expect(second.record).not.to.equal(first.record);
      expect(network.link(first.record).of('can')).to.have.length(1);
      reply(second);
      expect((await answered).from).to.equal(second.record.id);
      // The plain one waits: nobody knows whether it has run.
      let settled = false;
      void plain.finally(() => (settled = true));
      await network.clock.settle();
      expect(settled).to.equal(false);
    });

    it('takes the late answer of the old attempt where it comes first, and cancels the new one', async () => {
      add(2);
      const answered = call({ idempotent: true });
      const first = attempt();
      await freeze(first.record);
      const second = attempt();
      reply(first, { d: 'late' });
      expect(await answered).to.include({ d: 'late', from: first.record.id });
      expect(network.link(second.record).of('can')).to.deep.equal([{ t: 'can', i: second.request.i }]);
      expect([...requester.routes.all()].map(({ inFlight }) => inFlight)).to.deep.equal([0, 0]);
    });

    it('does not mind what the cancelled attempt says of its end', async () => {
      add(2);
      const answered = call({ idempotent: true });
      const first = attempt();
      await freeze(first.record);
      const second = attempt();
      reply(first, { t: 'err', c: 'CANCELLED', o: 'FAILED', m: 'given up' });
      reply(second, { d: 'yes' });
      expect((await answered).d).to.equal('yes');
    });

    it('fails once both attempts are lost', async () => {
      add(2);
      const failed = errorOf(call({ idempotent: true, retries: 1 }));
      const first = attempt();
      await freeze(first.record);
      network.link(attempt().record).end('disconnected');
      expect((await failed).outcome).to.equal('UNKNOWN');
    });
  });

  describe('with an idempotency key', () => {
    it('asks only the instance that remembers, once it is back', async () => {
      add(3);
      const answered = call({ idempotencyKey: 'order-1' });
      const first = attempt();
      expect(first.request.u).to.equal('order-1');
      network.link(first.record).end('disconnected');
      await network.clock.advance(200);
      const again = network.link(first.record);
      expect(again.of('req')).to.deep.equal([]);
      again.receive([{ t: 'info', record: first.record }]);
      expect(again.of('req')).to.have.length(1);
      expect(again.of('req')[0]).to.include({ u: 'order-1', a: 2 });
      again.receive([{ t: 'res', i: again.of('req')[0]!.i }]);
      expect((await answered).from).to.equal(first.record.id);
    });

    it('fails when that instance has gone', async () => {
      add(3);
      const failed = errorOf(call({ idempotencyKey: 'order-1' }));
      const first = attempt();
      network.link(first.record).end('disconnected');
      await network.clock.advance(60);
      network.directory.observe(first.record.id, 'goodbye');
      expect(await failed).to.include({ code: 'UNAVAILABLE', outcome: 'UNKNOWN' });
    });
  });

  it('sends equal keys to the same instance, and another when that one has gone', async () => {
    add(5);
    const targets = new Set<string>();
    for (let n = 0; n < 20; n++) {
      const answered = call({ key: 'customer-7' });
      const sent = attempt();
      expect(sent.request.k).to.equal('customer-7');
      reply(sent);
      targets.add((await answered).from);
      for (const link of network.links) link.sent.length = 0;
    }
    expect(targets.size).to.equal(1);
    network.directory.observe([...targets][0]!, 'goodbye');
    const moved = call({ key: 'customer-7' });
    reply(attempt());
    expect([...targets]).not.to.include((await moved).from);
  });

  it('leaves no timer when it is closed between two attempts', async () => {
    add(1);
    const failed = errorOf(call({ idempotent: true }));
    reply(attempt(), { t: 'err', c: 'ABORTED', o: 'FAILED', m: 'again' });
    await requester.close();
    expect((await failed).outcome).to.equal('FAILED');
    expect(network.clock.pending).to.equal(0);
  });
});
