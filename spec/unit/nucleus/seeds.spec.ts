import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { createDiscovery } from '../../../nucleus/create-discovery.js';
import type { Discovery } from '../../../nucleus/discovery.js';
import { FakeProbe } from '../../support/probe.js';
import { aRecord } from '../../support/records.js';

describe('seeds', () => {
  let clock: FakeClock;
  let probe: FakeProbe;
  let names: Map<string, string[]>;
  let discovery: Discovery;

  beforeEach(() => {
    clock = new FakeClock();
    probe = new FakeProbe();
    names = new Map();
  });
  afterEach(async () => {
    await discovery.close();
    expect(clock.pending).to.equal(0);
  });

  function start(...seeds: string[]): void {
    const resolve = async (host: string): Promise<readonly string[]> => {
      const addresses = names.get(host);
      if (addresses === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
      return addresses;
    };
    discovery = createDiscovery({
      self: 'f'.repeat(32),
      environment: 'test',
      host: 'host-a',
      multicast: 'off',
      seeds,
      resolve,
      clock,
      random: () => 0.5,
    });
    discovery.start(probe);
  }
  const known = (): string[] => discovery.directory.list().map(({ record }) => record.endpoint);

  it('finds all addresses of a name, and those that are added later', async () => {
    names.set('orders', ['10.0.0.1', '10.0.0.2']);
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3'])
      probe.listen(aRecord({ endpoint: `tcp://${host}:5000` }));
    start('tcp://orders:5000');
    await clock.advance(0);
    expect(known()).to.have.members(['tcp://10.0.0.1:5000', 'tcp://10.0.0.2:5000']);
    names.set('orders', ['10.0.0.2', '10.0.0.3']);
    await clock.advance(10_000);
    expect(known()).to.include('tcp://10.0.0.3:5000');
    expect(discovery.directory.list()[0]?.sources).to.deep.equal(['seed']);
  });

  it('asks every second until somebody answers, then every ten', async () => {
    names.set('orders', ['10.0.0.1']);
    start('tcp://orders:5000');
    await clock.advance(4500);
    expect(probe.asked).to.have.length(5);
    expect(discovery.status().at(-1)).to.deep.equal({
      name: 'seeds',
      state: 'down',
      detail: '0 of 1 answer',
    });
    probe.listen(aRecord({ endpoint: 'tcp://10.0.0.1:5000' }));
    await clock.advance(1000);
    expect(known()).to.have.length(1);
    expect(discovery.status().at(-1)?.state).to.equal('up');
    const before = probe.asked.length;
    await clock.advance(30_000);
    expect(probe.asked.length - before).to.equal(3);
  });

  it('sits out a name that does not resolve, and says so', async () => {
    start('tcp://orders:5000');
    await clock.advance(3000);
    expect(discovery.status().at(-1)?.detail).to.include('ENOTFOUND');
    names.set('orders', ['10.0.0.1']);
    probe.listen(aRecord({ endpoint: 'tcp://10.0.0.1:5000' }));
    await clock.advance(1000);
    expect(known()).to.have.length(1);
  });

  it('finds itself among its seeds without harm', async () => {
    names.set('orders', ['10.0.0.1']);
    probe.listen(aRecord({ id: 'f'.repeat(32), endpoint: 'tcp://10.0.0.1:5000' }));
    start('tcp://orders:5000');
    await clock.advance(1000);
    expect(known()).to.be.empty;
    expect(discovery.status().at(-1)?.state).to.equal('up');
  });

  it('brings back an instance that was given up, once it answers', async () => {
    names.set('orders', ['10.0.0.1']);
    const record = aRecord({ endpoint: 'tcp://10.0.0.1:5000' });
    probe.listen(record);
    start('tcp://orders:5000');
    await clock.advance(0);
    discovery.directory.observe(record.id, 'unanswered');
    discovery.directory.observe(record.id, 'disconnected');
    expect(known()).to.be.empty;
    await clock.advance(10_000);
    expect(known()).to.have.length(1);
  });

  it('that are malformed are refused at once, with the way to write them', () => {
    start();
    expect(() => start('orders:5000')).to.throw(
      TypeError,
      "Seed 'orders:5000' is not an endpoint: write it as 'tcp://host:port'",
    );
  });
});
