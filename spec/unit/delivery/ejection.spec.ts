import { expect } from 'chai';
import type { CallRequest } from '../../../lib/delivery/call-request.js';
import { MAX_IN_FLIGHT_SIZE, type Peer } from '../../../lib/delivery/peer.js';
import { Requester } from '../../../lib/delivery/requester.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { errorOf } from '../runtime/support.js';
import { FakeNetwork } from './support.js';

describe('Requester, which instances it asks', () => {
  let network: FakeNetwork;
  let requester: Requester;
  let records: InstanceRecord[];

  beforeEach(async () => {
    network = new FakeNetwork();
    requester = new Requester(network.host, {
      requestTimeout: 10_000,
      discoveryGrace: 0,
      maxBody: 2 * MAX_IN_FLIGHT_SIZE,
    });
    requester.started();
    await network.clock.advance(1);
    records = [];
  });

  const call = (over: Partial<CallRequest> = {}) => {
    const base = { kind: 'req', service: '@a/b', what: 'x', data: 1, version: undefined, by: '' } as const;
    const convert = (_: unknown, instance: string) => instance;
    const promise = requester.call({ ...base, convert, ...over }) as Promise<string>;
    promise.catch(() => undefined);
    return promise;
  };
  /** Instances with sessions; each is asked once so that it has one. */
  const add = async (count: number) => {
    for (let n = 0; n < count; n++) {
      const record = network.add('@a/b');
      records.push(record);
      const asked = call({ instance: record.id });
      network.open(record);
      answerAll(record);
      await asked;
    }
  };
  const answerAll = (record: InstanceRecord, over: object = {}) => {
    const link = network.link(record);
    const envelopes = link.of('req').map(({ i }): Envelope => ({ t: 'res', i, ...over }));
    link.sent.length = 0;
    link.receive(envelopes);
  };
  const peerOf = ({ id }: InstanceRecord): Peer => requester.routes.get(id)!;
  const timeOut = async (record: InstanceRecord, times: number) => {
    for (let n = 0; n < times; n++) {
      const failed = errorOf(call({ instance: record.id, timeout: 10 }));
      await network.clock.advance(20);
      await failed;
      answerAll(record);
    }
  };
  /** Lets time pass without anybody falling silent. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) {
      await network.clock.advance(250);
      for (const record of records) network.link(record).receive([{ t: 'pong', i: 0 }]);
    }
  };
  const targetsOf = (times: number) => {
    const before = records.map((record) => network.link(record).of('req').length);
    for (let n = 0; n < times; n++) void call();
    return records.map((record, index) => network.link(record).of('req').length - before[index]!);
  };

  it('ejects an instance after five timeouts in a row, tells the log and the status, and asks the others', async () => {
    await add(3);
    await timeOut(records[0]!, 4);
    expect(peerOf(records[0]!).view().breaker).to.equal('closed');
    await timeOut(records[0]!, 1);
    expect(peerOf(records[0]!).view()).to.include({ breaker: 'ejected', ejections: 1, routable: true });
    expect(network.logger.all).to.include('warn instance ejected: too many calls to it came to nothing');
    expect(targetsOf(100)[0]).to.equal(0);
  });

  it('does not mind errors of handlers, and answers that turn calls down', async () => {
    await add(3);
    for (const over of [
      { t: 'err', c: 'INTERNAL', o: 'FAILED', m: 'bug' },
      { t: 'err', c: 'INVALID_ARGUMENT', o: 'REJECTED', m: 'wrong' },
    ]) {
      for (let n = 0; n < 20; n++) {
        const failed = errorOf(call({ instance: records[0]!.id }));
        answerAll(records[0]!, over);
        await failed;
      }
    }
    expect(peerOf(records[0]!).view().breaker).to.equal('closed');
  });

  it('never ejects more than half of the instances', async () => {
    await add(3);
    for (const record of records) await timeOut(record, 10);
    const out = records.filter((record) => peerOf(record).view().breaker === 'ejected');
    expect(out).to.have.length(1);
  });

  it('asks ejected ones again when the healthy ones have gone', async () => {
    await add(4);
    await timeOut(records[0]!, 5);
    await timeOut(records[1]!, 5);
    for (const { id } of records.slice(2)) network.directory.observe(id, 'goodbye');
    records.length = 2;
    expect(targetsOf(10).reduce((a, b) => a + b)).to.equal(10);
  });

  it('sends one real request after the ejection, and goes by what becomes of it', async () => {
    await add(3);
    const [sick] = records as [InstanceRecord];
    await timeOut(sick, 5);
    await pass(5500);
    expect(peerOf(sick).view().breaker).to.equal('half-open');
    expect(targetsOf(100)[0]).to.equal(1);
    expect(peerOf(sick).view().breaker).to.equal('probing');
    answerAll(sick);
    expect(peerOf(sick).view().breaker).to.equal('closed');
    expect(network.logger.all).to.include('info instance is well again');
    for (const record of records) answerAll(record);
    expect(targetsOf(300)[0]).to.be.greaterThan(10);
  });

  it('ejects it for longer when that one fails as well, and asks once more when it was given up', async () => {
    await add(3);
    const [sick] = records as [InstanceRecord];
    await timeOut(sick, 5);
    await pass(5500);
    const given = new AbortController();
    const gone = errorOf(call({ signal: given.signal }));
    expect(peerOf(sick).view().breaker).to.equal('probing');
    given.abort();
    await gone;
    expect(peerOf(sick).view().breaker).to.equal('half-open');
    const failed = errorOf(call({ timeout: 10 }));
    await network.clock.advance(20);
    await failed;
    expect(peerOf(sick).view()).to.include({ breaker: 'ejected', ejections: 2 });
  });

  it('takes back an instance that was away with one request first', async () => {
    await add(3);
    const [sick] = records as [InstanceRecord];
    for (let n = 0; n < 6; n++) void call({ instance: sick.id });
    network.link(sick).end('disconnected');
    await network.clock.advance(60);
    network.open(sick);
    expect(peerOf(sick).view()).to.include({ routable: true, breaker: 'half-open' });
  });

  it('asks the slow one little, by its latency', async () => {
    await add(2);
    const [slow, quick] = records as [InstanceRecord, InstanceRecord];
    for (const [record, ms] of [
      [slow, 50],
      [quick, 5],
    ] as const) {
      const asked = call({ instance: record.id });
      await network.clock.advance(ms);
      answerAll(record);
      await asked;
    }
    expect(peerOf(slow).view().latency).to.be.within(49, 50);
    expect(targetsOf(5)).to.deep.equal([0, 5]);
  });

  it('asks one little whose oldest call hangs, before anything of it is answered', async () => {
    await add(2);
    const [hangs] = records as [InstanceRecord];
    void call({ instance: hangs.id });
    const second = call({ instance: hangs.id });
    await network.clock.advance(200);
    expect(peerOf(hangs).oldestAge(network.clock.now())).to.equal(200);
    expect(targetsOf(20)[0]).to.equal(0);
    answerAll(hangs);
    await second;
    expect(peerOf(hangs).oldestAge(network.clock.now())).to.equal(0);
  });

  it('does not take quick refusals for speed', async () => {
    await add(2);
    const [full, well] = records as [InstanceRecord, InstanceRecord];
    const asked = call({ instance: well.id });
    await network.clock.advance(5);
    answerAll(well);
    await asked;
    const refused = errorOf(call({ instance: full.id }));
    answerAll(full, { t: 'err', c: 'RESOURCE_EXHAUSTED', o: 'REJECTED', m: 'busy' });
    await refused;
    expect(targetsOf(3)).to.deep.equal([0, 3]);
  });

  it('limits the bytes in flight to one instance, but for one call alone', async () => {
    await add(1);
    const [only] = records as [InstanceRecord];
    const data = 'x'.repeat(MAX_IN_FLIGHT_SIZE / 2 - 1000);
    const pending = [call({ data }), call({ data })];
    expect(await errorOf(call({ data }))).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'NOT_SENT' });
    answerAll(only);
    await Promise.all(pending);
    const large = call({ data: 'x'.repeat(MAX_IN_FLIGHT_SIZE) });
    expect((await errorOf(call())).outcome).to.equal('NOT_SENT');
    answerAll(only);
    await large;
    const small = call();
    answerAll(only);
    await small;
  });
});
