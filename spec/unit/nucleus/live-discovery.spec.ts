import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { MemoryBeacon, MemoryBeaconHub } from '../../../nucleus/beacon/memory-beacon.js';
import { MemoryRegistry, MemoryRegistryHub } from '../../../nucleus/registry/memory-registry.js';
import { idsOf, Mesh, othersOf, type Member } from '../../support/mesh.js';
import { seeded } from '../../support/seeded.js';

describe('LiveDiscovery, by registry and beacon', () => {
  let clock: FakeClock;
  let registries: MemoryRegistryHub;
  let network: MemoryBeaconHub;
  let mesh: Mesh;

  beforeEach(() => {
    clock = new FakeClock();
    registries = new MemoryRegistryHub();
    network = new MemoryBeaconHub();
    mesh = new Mesh({ clock, random: seeded(3) });
  });
  afterEach(async () => {
    await mesh.close();
    expect(clock.pending).to.equal(0);
  });

  const join = (by: 'both' | 'registry' | 'beacon' = 'both'): Member =>
    mesh.join({
      multicast: 'off',
      ...(by !== 'beacon' && { registry: new MemoryRegistry(registries, 'test') }),
      ...(by !== 'registry' && { beacon: new MemoryBeacon(network) }),
    });
  const entryOf = (at: Member, of: Member) => at.discovery.directory.get(of.record.id);

  it('lists each instance once and keeps it by either source', async () => {
    const members = [join(), join(), join('registry'), join('beacon')];
    const [both, second, byRegistry, byBeacon] = members as [Member, Member, Member, Member];
    await clock.advance(3000);
    expect(idsOf(both)).to.deep.equal(othersOf(both, members));
    expect(entryOf(both, second)?.sources).to.deep.equal(['registry', 'beacon']);
    expect(idsOf(byRegistry)).to.deep.equal([both, second].map(({ record }) => record.id).sort());
    expect(idsOf(byBeacon)).to.deep.equal([both, second].map(({ record }) => record.id).sort());
    for (const { changes } of members) {
      expect(new Set(changes.map(({ type }) => type))).to.deep.equal(new Set(['added']));
    }
  });

  it('keeps whoever answers, though its lease is lost and its beacon is silent', async () => {
    const [a, b] = [join(), join()];
    await clock.advance(3000);
    await b.discovery.close(); // both sources fall silent; the endpoint still answers
    registries.expire(b.record.id);
    await clock.advance(120_000);
    expect(entryOf(a, b)).to.deep.include({ state: 'routable', against: [] });
    expect(a.changes.map(({ type }) => type)).to.deep.equal(['added']);
  });

  it('removes whoever both sources lost and who does not answer', async () => {
    const [a, b] = [join(), join()];
    await clock.advance(3000);
    mesh.probe.fallSilent(b.record.endpoint);
    await b.discovery.close();
    registries.expire(b.record.id);
    await clock.advance(1);
    expect(idsOf(a)).to.be.empty;
  });

  it('asks a doubted instance when it speaks, and routes to it again when it answers', async () => {
    const [a, b] = [join('beacon'), join('beacon')];
    await clock.advance(3000);
    a.discovery.directory.observe(b.record.id, 'unanswered');
    expect(entryOf(a, b)?.state).to.equal('unroutable');
    await clock.advance(1500);
    expect(entryOf(a, b)?.state).to.equal('routable');
  });

  it('takes back an instance that was frozen and given up, when it thaws', async () => {
    const [a, b] = [join('beacon'), join('beacon')];
    await clock.advance(3000);
    a.discovery.directory.observe(b.record.id, 'unanswered');
    a.discovery.directory.observe(b.record.id, 'disconnected');
    expect(idsOf(a)).to.be.empty;
    await clock.advance(1500);
    expect(entryOf(a, b)?.state).to.equal('routable');
  });

  it('takes back an instance that spoke and did not hear for long, as soon as it hears', async () => {
    const [a, b] = [join('beacon'), join('beacon')];
    await clock.advance(3000);
    mesh.probe.fallSilent(b.record.endpoint);
    a.discovery.directory.observe(b.record.id, 'unanswered');
    a.discovery.directory.observe(b.record.id, 'disconnected');
    await clock.advance(120_000);
    expect(idsOf(a)).to.be.empty;
    mesh.probe.listen(b.record);
    await clock.advance(2000);
    expect(entryOf(a, b)?.state).to.equal('routable');
  });

  it('does not ask a draining instance again and again', async () => {
    const [a, b] = [join('beacon'), join('beacon')];
    await clock.advance(3000);
    const draining = { ...b.record, revision: 2, draining: true };
    mesh.probe.listen(draining);
    b.discovery.announce(draining);
    await clock.advance(1000);
    expect(entryOf(a, b)?.state).to.equal('unroutable');
    const asked = mesh.probe.asked.length;
    await clock.advance(30_000);
    expect(mesh.probe.asked).to.have.length(asked);
  });

  it('notes it against an instance when somebody else answers in its place', async () => {
    const [a, b] = [join('beacon'), join('beacon')];
    await clock.advance(3000);
    mesh.probe.listen({ ...b.record, id: 'e'.repeat(32) }); // the port was taken over
    await b.discovery.close();
    await clock.advance(10_000);
    expect(entryOf(a, b)).to.equal(undefined);
    expect(a.changes.at(-1)?.reason).to.equal('beacon-silent and refused');
  });

  it('says goodbye by every source, which nothing undoes', async () => {
    const [a, b] = [join(), join()];
    await clock.advance(3000);
    const leaving = b.discovery.withdraw();
    await clock.advance(200);
    await leaving;
    expect(idsOf(a)).to.be.empty;
    a.discovery.directory.offer(b.record, 'beacon');
    expect(idsOf(a)).to.be.empty;
  });

  it('waits a second at most to say goodbye', async () => {
    const registry = new MemoryRegistry(registries, 'test');
    registry.remove = () => new Promise(() => undefined);
    const member = mesh.join({ multicast: 'off', registry });
    let done = false;
    void member.discovery.withdraw().then(() => (done = true));
    await clock.advance(999);
    expect(done).to.equal(false);
    await clock.advance(1);
    await clock.settle();
    expect(done).to.equal(true);
  });
});
