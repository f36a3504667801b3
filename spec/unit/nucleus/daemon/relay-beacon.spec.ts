import { expect } from 'chai';
import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import type { BeaconMessage } from '../../../../nucleus/beacon/beacon.js';
import { MemoryBeacon, MemoryBeaconHub } from '../../../../nucleus/beacon/memory-beacon.js';
import { RelayBeacon } from '../../../../nucleus/daemon/relay-beacon.js';
import { aMessage, aRecord } from '../../../support/records.js';

const LOW = '0'.repeat(32);
const HIGH = 'f'.repeat(32);

describe('a beacon that speaks for others', () => {
  let clock: FakeClock;
  let hub: MemoryBeaconHub;
  let heard: BeaconMessage[];
  const open: RelayBeacon[] = [];
  beforeEach(() => {
    clock = new FakeClock();
    hub = new MemoryBeaconHub();
    heard = [];
    new MemoryBeacon(hub).open({ heard: (message) => void heard.push(message), up() {} });
  });
  afterEach(() => Promise.all(open.splice(0).map((beacon) => beacon.close())));

  const relay = (self: string, hears: BeaconMessage[] = []): RelayBeacon => {
    const beacon = new RelayBeacon({
      self,
      host: 'host-a',
      beacon: new MemoryBeacon(hub),
      clock,
      random: () => 0.5,
    });
    beacon.open({ heard: (message) => void hears.push(message), up() {} });
    open.push(beacon);
    return beacon;
  };

  it('says again and again where the instance is, in its name, and goodbye at the end', async () => {
    const own: BeaconMessage[] = [];
    const beacon = relay(LOW, own);
    const record = aRecord();
    beacon.speakFor(record);
    await clock.advance(3100);
    expect(heard).to.have.length(4);
    expect(heard[0]).to.include({
      kind: 'here',
      instance: record.id,
      endpoint: record.endpoint,
      revision: record.revision,
      relayedBy: LOW,
    });
    beacon.hush(record.id, true);
    await clock.advance(2000);
    expect(heard.map(({ kind }) => kind)).to.deep.equal(['here', 'here', 'here', 'here', 'goodbye']);
    expect(own, 'its own words are no news to it').to.be.empty;
  });

  it('is silent about who speaks itself, and speaks when that one has stopped', async () => {
    const beacon = relay(LOW);
    const record = aRecord();
    hub.send(aMessage({ instance: record.id, every: 1000 }));
    await clock.advance(0);
    beacon.speakFor(record);
    await clock.advance(3900);
    expect(heard.filter(({ relayedBy }) => relayedBy !== undefined)).to.be.empty;
    await clock.advance(2000);
    expect(heard.filter(({ relayedBy }) => relayedBy !== undefined)).not.to.be.empty;
  });

  it('leaves it to the one with the lowest id', async () => {
    const [low, high] = [relay(LOW), relay(HIGH)];
    const record = aRecord();
    low.speakFor(record);
    await clock.advance(100);
    high.speakFor(record);
    await clock.advance(3000);
    expect(new Set(heard.map(({ relayedBy }) => relayedBy))).to.deep.equal(new Set([LOW]));
  });

  it('does not speak for another host that listens on its loopback only', async () => {
    relay(LOW).speakFor(aRecord({ host: 'host-b' }));
    await clock.advance(3000);
    expect(heard).to.be.empty;
  });

  it('stays below 200 datagrams a second, however many it speaks for', async () => {
    const beacon = relay(LOW);
    for (let count = 0; count < 1000; count++) beacon.speakFor(aRecord());
    await clock.advance(10_000);
    expect(heard.length).to.be.within(1000, 2010);
    expect(new Set(heard.map(({ instance }) => instance)).size).to.equal(1000);
  });
});
