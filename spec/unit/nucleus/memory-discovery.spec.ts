import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { Discovery } from '../../../nucleus/discovery.js';
import { memoryDiscovery } from '../../../nucleus/memory-discovery.js';
import { MemoryRegistryHub } from '../../../nucleus/registry/memory-registry.js';
import { FakeProbe } from '../../support/probe.js';
import { aRecord } from '../../support/records.js';

describe('memoryDiscovery', () => {
  let clock: FakeClock;
  let hub: MemoryRegistryHub;
  let probe: FakeProbe;
  const opened: Discovery[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    hub = new MemoryRegistryHub();
    probe = new FakeProbe();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((discovery) => discovery.close()));
    expect(clock.pending).to.equal(0);
  });

  function join(environment = 'test') {
    const record = aRecord({ environment, host: 'memory' });
    const discovery = memoryDiscovery(hub, { self: record.id, environment, clock });
    opened.push(discovery);
    probe.listen(record);
    discovery.start(probe);
    discovery.announce(record);
    return { discovery, record };
  }
  const idsOf = (discovery: Discovery): string[] => discovery.directory.list().map(({ record }) => record.id);

  it('makes members known to one another at once', async () => {
    const [a, b] = [join(), join()];
    join('production');
    await Promise.resolve();
    expect(idsOf(a.discovery)).to.deep.equal([b.record.id]);
    expect(idsOf(b.discovery)).to.deep.equal([a.record.id]);
  });

  it('tells revisions and leaves', async () => {
    const [a, b] = [join(), join()];
    b.discovery.announce({ ...b.record, revision: 2 });
    b.discovery.announce({ ...b.record, revision: 1 });
    await clock.settle();
    expect(a.discovery.directory.get(b.record.id)?.record.revision).to.equal(2);
    await b.discovery.withdraw();
    await b.discovery.withdraw();
    await clock.settle();
    expect(idsOf(a.discovery)).to.be.empty;
  });

  it('asks an instance whose lease is lost, and removes it only if it is silent', async () => {
    const [a, b, c] = [join(), join(), join()];
    await clock.settle();
    probe.fallSilent(c.record.endpoint);
    hub.expire(b.record.id);
    hub.expire(c.record.id);
    await clock.settle();
    expect(idsOf(a.discovery)).to.deep.equal([b.record.id]);
    expect(a.discovery.directory.get(b.record.id)?.against).to.be.empty;
  });

  it('finds again whom it had given up', async () => {
    const [a, b] = [join(), join()];
    await clock.settle();
    probe.fallSilent(b.record.endpoint);
    hub.expire(b.record.id);
    await clock.settle();
    expect(idsOf(a.discovery)).to.be.empty;
    probe.listen(b.record);
    await clock.advance(3000);
    expect(idsOf(a.discovery)).to.deep.equal([b.record.id]);
  });

  it('shows its state', async () => {
    const { discovery } = join();
    expect(discovery.status().map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
      'memory up',
      'multicast off',
    ]);
  });
});
