import { expect } from 'chai';
import { Connection } from '../../../lib/delivery/connection.js';
import type { InstanceRecord } from '../../../nucleus/instance-record.js';
import { FakeNetwork } from './support.js';

describe('Connection', () => {
  let network: FakeNetwork;
  let record: InstanceRecord;
  let connection: Connection;
  let told: string[];

  beforeEach(() => {
    network = new FakeNetwork();
    record = network.add('@a/b');
    told = [];
    connection = new Connection(network.host, record.id, record.endpoint, {
      ready: () => void told.push('ready'),
      message: ({ t }) => void told.push(t),
      lost: () => void told.push('lost'),
      refused: () => void told.push('refused'),
    });
    connection.start();
  });

  const link = () => network.link(record);
  const against = () => network.directory.get(record.id)?.against;

  it('says HELLO, and is ready when the right instance answers', () => {
    expect(link().sent).to.deep.equal([{ t: 'hello' }]);
    expect(connection.send('{"t":"can","i":1}')).to.equal(false);
    network.open(record);
    expect(told).to.deep.equal(['ready']);
    expect(connection.send('{"t":"can","i":1}')).to.equal(true);
  });

  it('ends a connection on which another instance answers', () => {
    link().receive([{ t: 'info', record }], 'f'.repeat(32));
    expect(link().ended).to.equal(true);
    expect(told).to.deep.equal(['refused']);
    expect(against()).to.deep.equal(['refused']);
  });

  it('believes an instance about itself only, and only a record that is well formed', () => {
    const victim = network.add('@a/victim');
    const forged = { ...victim, revision: 99, endpoint: 'tcp://6.6.6.6:1' };
    link().receive([{ t: 'info', record: forged }]);
    expect(network.directory.get(victim.id)?.record.endpoint).to.equal(victim.endpoint);
    const broken = JSON.parse(JSON.stringify({ ...record, revision: 2, services: 5 })) as InstanceRecord;
    link().receive([{ t: 'info', record: broken }]);
    expect(network.directory.get(record.id)?.record.revision).to.equal(1);
    expect(told).to.deep.equal([]);
  });

  it('passes on a newer record', () => {
    network.open(record);
    link().receive([{ t: 'info', record: { ...record, revision: 2, services: [] } }]);
    expect(network.directory.get(record.id)?.record.services).to.deep.equal([]);
    expect(told).to.deep.equal(['ready']);
  });

  it('tries again after a refusal, ever more rarely, until it is stopped', async () => {
    const waits: number[] = [];
    for (let n = 0; n < 10; n++) {
      const before = network.clock.now();
      const { length } = network.links;
      network.links.at(-1)!.end('refused');
      while (network.links.length === length) await network.clock.advance(1);
      waits.push(network.clock.now() - before);
    }
    expect(waits[0]).to.be.within(25, 51);
    expect(waits[9]).to.be.within(1000, 2001);
    connection.abandon();
    network.links.at(-1)!.end('refused');
    await network.clock.advance(10_000);
    expect(network.links).to.have.length(11);
    expect(network.clock.pending).to.be.at.most(1); // the directory's
  });

  it('tries at once after the loss of a steady session', async () => {
    network.open(record);
    await network.clock.advance(400);
    for (let n = 0; n < 5; n++) {
      await network.clock.advance(400);
      link().receive([{ t: 'pong', i: 0 }]);
    }
    link().end('disconnected');
    expect(told.at(-1)).to.equal('lost');
    await network.clock.advance(0);
    expect(network.links).to.have.length(2);
  });

  it('tells at once that a session is lost', () => {
    network.open(record);
    link().end('disconnected');
    expect(against()).to.deep.equal(['disconnected']);
    expect(network.directory.get(record.id)?.state).to.equal('unroutable');
  });

  it('does not spin with a peer that answers HELLO and then knows nothing of it', async () => {
    for (let ms = 0; ms < 5000; ms++) {
      if (!link().ended) {
        network.open(record);
        link().receive([{ t: 'bye', why: 'unknown' }]);
      }
      await network.clock.advance(1);
    }
    expect(network.links.length).to.be.within(3, 12);
  });

  it('asks when it has heard nothing, and tells when there is no answer', async () => {
    network.open(record);
    await network.clock.advance(1000);
    expect(link().of('ping').length).to.be.at.least(1);
    await network.clock.advance(1000);
    expect(against()).to.deep.equal(['unanswered']);
    link().receive([{ t: 'pong', i: 0 }]);
    expect(against()).to.deep.equal([]);
  });

  it('asks also when it has only listened, so that the other end hears that it is alive', async () => {
    network.open(record);
    for (let ms = 0; ms < 5000; ms += 100) {
      link().receive([{ t: 'evt', i: 1, n: ms, p: 'x' }]);
      await network.clock.advance(100);
    }
    expect(link().of('ping').length).to.be.within(8, 11);
    expect(against()).to.deep.equal([]);
  });

  it('draws no conclusion from silence while it does not read', async () => {
    network.open(record);
    connection.pause();
    let settled = false;
    void connection.settled().then(() => (settled = true));
    await network.clock.advance(5000);
    expect(against()).to.deep.equal([]);
    expect(settled).to.equal(false);
    connection.resume();
    await network.clock.advance(2500);
    expect(against()).to.deep.equal(['unanswered']);
  });

  it('draws no conclusion from silence after this process was frozen itself', async () => {
    network.open(record);
    await network.clock.advance(400);
    network.clock.now = () => 60_000;
    await network.clock.advance(200);
    expect(against()).to.deep.equal([]);
  });

  it('answers PING, passes on the rest, and tells of goodbyes', () => {
    network.open(record);
    link().receive([
      { t: 'ping', i: 5 },
      { t: 'acc', i: 1 },
      { t: 'bye', why: 'draining' },
    ]);
    expect(link().of('pong')).to.deep.equal([{ t: 'pong', i: 5 }]);
    expect(told).to.deep.equal(['ready', 'acc']);
    expect(against()).to.deep.equal(['draining']);
    link().receive([{ t: 'bye', why: 'leaving' }]);
    expect(network.directory.get(record.id)).to.equal(undefined);
  });

  it('is settled when the PONG of its PING is there, when the peer is mute, and when it is gone', async () => {
    network.open(record);
    let count = 0;
    void connection.settled().then(() => count++);
    const { i } = link().of('ping').at(-1)!;
    link().receive([{ t: 'pong', i }]);
    await network.clock.settle();
    expect(count).to.equal(1);
    void connection.settled().then(() => count++);
    await network.clock.advance(2000);
    expect(count).to.equal(2);
    await connection.settled();
    link().end('disconnected');
    await connection.settled();
  });

  it('is settled by the PONG of its PING, though others have been sent since', async () => {
    network.open(record);
    let isSettled = false;
    void connection.settled().then(() => (isSettled = true));
    const { i } = link().of('ping').at(-1)!;
    await network.clock.advance(600);
    expect(link().of('ping').at(-1)!.i).to.be.above(i);
    link().receive([{ t: 'pong', i: i - 1 }]);
    await network.clock.settle();
    expect(isSettled).to.equal(false);
    link().receive([{ t: 'pong', i }]);
    await network.clock.settle();
    expect(isSettled).to.equal(true);
  });

  it('stops with a goodbye, and waits a second at most for a peer that does not read', async () => {
    network.open(record);
    link().stuck = true;
    let stopped = false;
    void connection.stop().then(() => (stopped = true));
    expect(link().sent.at(-1)).to.deep.equal({ t: 'bye', why: 'leaving' });
    await network.clock.advance(999);
    expect(stopped).to.equal(false);
    await network.clock.advance(1);
    expect(stopped).to.equal(true);
    expect(link().ended).to.equal(true);
    expect(told).to.deep.equal(['ready']);
    expect(against()).to.deep.equal([]);
  });

  it('tells of no loss, and does not connect again, when it breaks while its goodbye is on its way', async () => {
    network.open(record);
    const goodbye = link();
    goodbye.stuck = true;
    let stopped = false;
    void connection.stop().then(() => (stopped = true));
    goodbye.end('disconnected');
    await network.clock.advance(5000);
    expect(stopped).to.equal(true);
    expect(told).to.deep.equal(['ready']);
    expect(link()).to.equal(goodbye);
    expect(against()).to.deep.equal([]);
  });
});
