import { MemoryBeacon, MemoryBeaconHub } from '../../nucleus/beacon/memory-beacon.js';
import { MulticastBeacon } from '../../nucleus/beacon/multicast-beacon.js';
import { systemClock } from '../../nucleus/clock.js';
import { silentLogger } from '../../nucleus/logger.js';
import { randomMulticast } from '../support/multicast.js';
import { beaconConformance } from './beacon.js';

const hub = new MemoryBeaconHub();
beaconConformance('memory', () => new MemoryBeacon(hub));

const network = randomMulticast();
beaconConformance(
  'multicast',
  () => new MulticastBeacon({ ...network, bind: '127.0.0.1', clock: systemClock, logger: silentLogger }),
);
