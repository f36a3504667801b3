import { expect } from 'chai';
import type { CallRequest } from '../../../lib/delivery/call-request.js';
import { MAX_IN_FLIGHT, MAX_IN_FLIGHT_SIZE } from '../../../lib/delivery/peer.js';
import { Requester } from '../../../lib/delivery/requester.js';
import type { Envelope, Request, Response } from '../../../lib/wire/envelope.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { errorOf } from '../runtime/support.js';
import { FakeNetwork } from './support.js';

describe('Requester, what it sends and how it ends', () => {
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

  it('refuses what JSON cannot carry, what is too large, and headers that no receiver takes', async () => {
    network.add('@a/b');
    for (const over of [
      { data: 1n },
      { data: 'x'.repeat(1000) },
      { data: '€'.repeat(400) },
      { headers: { a: 'x'.repeat(20_000) } },
      { headers: JSON.parse('{"a":1}') as Record<string, string> },
    ]) {
      expect(await errorOf(call(over))).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
    }
    expect(network.links).to.deep.equal([]);
  });

  it('lets no more calls, and no more of their text, wait for services that are not found yet', async () => {
    for (let n = 0; n < MAX_IN_FLIGHT; n++) void call();
    const refused = await errorOf(call());
    expect(refused).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'NOT_SENT' });
    await network.clock.advance(1001);
    const large = { data: 'x'.repeat(900) };
    network = new FakeNetwork();
    const options = { requestTimeout: 10_000, discoveryGrace: 1000, maxBody: MAX_IN_FLIGHT_SIZE };
    requester = new Requester(network.host, options);
    requester.started();
    void call({ data: 'x'.repeat(MAX_IN_FLIGHT_SIZE - 500) });
    expect((await errorOf(call(large))).code).to.equal('RESOURCE_EXHAUSTED');
    const record = network.add('@a/b');
    network.open(record);
    expect(requestsTo(record)).to.have.length(1);
  });

  it('sends what the data was when it was called', () => {
    const record = network.add('@a/b');
    const data = { n: 1 };
    void call({ data });
    data.n = 2;
    network.open(record);
    expect(requestsTo(record)[0]).to.deep.include({ d: { n: 1 } });
  });

  it('takes ACCEPTED as the answer to a signal, and says whose it is', async () => {
    const record = network.add('@a/b');
    const receipt = call({ kind: 'sig', what: 'topic', convert: ({ t }, instance) => ({ t, instance }) });
    network.open(record);
    const signal = network.link(record).of('sig')[0]!;
    expect(signal.p).to.equal('topic');
    network.link(record).receive([{ t: 'acc', i: signal.i }]);
    expect(await receipt).to.deep.equal({ t: 'acc', instance: record.id });
  });

  it('closes a connection that nobody has used for a minute, and opens another when needed', async () => {
    const record = network.add('@a/b');
    const answered = call();
    network.open(record);
    answer(record, ({ i }) => ({ t: 'res', i }));
    await answered;
    await network.clock.advance(59_000);
    for (const link of network.links) link.receive([{ t: 'pong', i: 0 }]);
    await network.clock.advance(2000);
    expect(network.links.every(({ ended }) => ended)).to.equal(true);
    const { length } = network.links;
    network.directory.offer(record, 'peer');
    void call();
    expect(network.links).to.have.length(length + 1);
  });

  it('fails what is pending when it is closed, sends nothing more, and leaves no timer', async () => {
    const record = network.add('@a/b');
    const [sent, unrouted] = [errorOf(call()), errorOf(call({ service: '@a/c' }))];
    network.open(record);
    await requester.close();
    expect((await sent).outcome).to.equal('UNKNOWN');
    expect(await unrouted).to.include({ code: 'CANCELLED', outcome: 'NOT_SENT' });
    expect(await errorOf(call())).to.include({ code: 'UNAVAILABLE', message: 'This client is closed' });
    expect(network.clock.pending).to.equal(0);
  });

  it('opens no connection for a call that comes back while it closes', async () => {
    network.add('@a/b');
    network.add('@a/b');
    const failed = errorOf(call());
    await requester.close();
    expect((await failed).outcome).to.equal('NOT_SENT');
    expect(network.links.every(({ ended }) => ended)).to.equal(true);
    expect(network.clock.pending).to.equal(0);
  });
});
