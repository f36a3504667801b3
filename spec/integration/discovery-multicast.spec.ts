import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { encodeDatagram } from '../../nucleus/beacon/datagram.js';
import { silentLogger as quiet } from '../../nucleus/logger.js';
import { eventually } from '../support/eventually.js';
import { idsOf, Mesh, othersOf, type Member } from '../support/mesh.js';
import { randomMulticast } from '../support/multicast.js';
import { aMessage, aRecord } from '../support/records.js';

describe('discovery by multicast alone', () => {
  let network: { group: string; port: number };
  let mesh: Mesh;
  beforeEach(() => {
    network = randomMulticast();
    mesh = new Mesh({ multicast: network, bind: '127.0.0.1' });
  });
  afterEach(() => mesh.close());

  const knowEachOther = async (members: readonly Member[], within = 3000): Promise<void> => {
    for (const member of members) {
      await eventually(() => expect(idsOf(member)).to.deep.equal(othersOf(member, members)), { within });
    }
  };
  const up = (member: Member): Promise<boolean> =>
    eventually<boolean>(() => member.discovery.status()[0]?.state === 'up');

  const shout = async (datagrams: readonly Uint8Array[]): Promise<void> => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    socket.setMulticastInterface('127.0.0.1');
    for (const bytes of datagrams) {
      await new Promise((resolve) => socket.send(bytes, network.port, network.group, resolve));
    }
    await new Promise<void>((resolve) => socket.close(resolve));
  };

  it('lets ten instances know one another within 3 s, with their whole records', async () => {
    const members = Array.from({ length: 10 }, () => mesh.join());
    await knowEachOther(members);
    const [first, second] = members as [Member, Member];
    expect(first.discovery.directory.get(second.record.id)?.record).to.deep.equal(second.record);
  });

  it('finds those who were there long before', async () => {
    const old = mesh.join();
    await up(old);
    const observer = mesh.observe();
    await eventually(() => expect(idsOf(observer)).to.deep.equal([old.record.id]), { within: 1000 });
  });

  it('hears of a newer revision at once', async () => {
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    const next = { ...b.record, revision: 2, draining: true };
    mesh.probe.listen(next);
    b.discovery.announce(next);
    await eventually(() => expect(a.discovery.directory.get(b.record.id)?.state).to.equal('unroutable'), {
      within: 1000,
    });
  });

  it('removes one that said goodbye and does not answer any more', async () => {
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    mesh.probe.fallSilent(b.record.endpoint);
    await b.discovery.withdraw();
    await eventually(() => expect(idsOf(a)).to.be.empty, { within: 1000 });
  });

  it('keeps one in whose name somebody else says goodbye', async () => {
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    const asked = mesh.probe.asked.length;
    const { id: instance, endpoint } = b.record;
    await shout([encodeDatagram(aMessage({ kind: 'goodbye', instance, endpoint }))]);
    await eventually(() => expect(mesh.probe.asked.length).to.be.above(asked));
    await knowEachOther([a, b]);
    expect(a.changes.map(({ type }) => type)).to.deep.equal(['added']);
  });

  it('removes one that falls silent and does not answer', async () => {
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    mesh.probe.fallSilent(b.record.endpoint);
    await b.discovery.close();
    await eventually(() => expect(idsOf(a)).to.be.empty, { within: 8000 });
    expect(a.changes.at(-1)?.reason).to.equal('beacon-silent and refused');
  });

  it('keeps environments and hosts apart that must not meet', async () => {
    const [a, b] = [mesh.join(), mesh.join()];
    const other = mesh.join({ environment: 'production' });
    const elsewhere = mesh.join({ host: 'host-b' });
    await knowEachOther([a, b]);
    await up(other);
    await up(elsewhere);
    const late = mesh.join();
    await knowEachOther([a, b, late]);
    expect(idsOf(other)).to.be.empty;
    expect(idsOf(elsewhere)).to.be.empty;
    expect(mesh.probe.asked).not.to.include(other.record.endpoint);
  });

  it('is not troubled by 1,000 malformed datagrams, nor by hints that lead nowhere', async () => {
    const a = mesh.join();
    await up(a);
    const garbage = Array.from({ length: 1000 }, (_, at) => {
      const whole = encodeDatagram(aMessage());
      if (at % 3 === 0) return randomBytes(at % 1400);
      return at % 3 === 1 ? whole.subarray(0, at % whole.length) : Buffer.from(`{"atom":${at}}`);
    });
    const nowhere = Array.from({ length: 50 }, () => encodeDatagram(aMessage()));
    // Another instance answers where this one is said to be.
    const stranger = aRecord();
    mesh.probe.listen(stranger);
    const wrong = encodeDatagram(aMessage({ endpoint: stranger.endpoint }));
    await shout([...garbage, ...nowhere]);
    await eventually(() => expect(a.discovery.status()[0]?.detail).to.match(/\d{2,} malformed/));
    // Again and again: a burst of datagrams may lose any of them.
    await eventually(async () => {
      await shout([wrong]);
      expect(mesh.probe.asked).to.include(stranger.endpoint);
    });
    const b = mesh.join();
    await knowEachOther([a, b]);
    expect(a.changes.map(({ entry }) => entry.record.id)).to.deep.equal([b.record.id]);
  });

  it('does not throw where multicast cannot work, says so, and does not hold up the close', async () => {
    for (const broken of [{ bind: '203.0.113.7' }, { multicast: { group: '10.0.0.1', port: 28660 } }]) {
      const lines: string[] = [];
      const logger = { ...quiet, warn: (_: object, text: string) => void lines.push(text) };
      const member = mesh.join({ ...broken, logger });
      await eventually(() => member.discovery.status()[0]?.state === 'down');
      expect(lines).to.have.length(1);
      expect(member.discovery.status()[0]?.detail).to.match(/E[A-Z]+/);
      await member.discovery.withdraw();
      await member.discovery.close();
    }
  });
});
