import type { Beacon } from './beacon/beacon.js';
import { BeaconTalk } from './beacon/beacon-talk.js';
import { MulticastBeacon } from './beacon/multicast-beacon.js';
import { systemClock, type Clock, type Random } from './clock.js';
import type { Discovery } from './discovery.js';
import { hostId } from './host-id.js';
import { LiveDirectory } from './live-directory.js';
import { LiveDiscovery } from './live-discovery.js';
import { silentLogger, type Logger } from './logger.js';
import type { MulticastOption } from './multicast-option.js';
import type { NucleusOption } from './nucleus-option.js';
import { Prober } from './prober.js';
import { NucleusRegistry } from './registry/nucleus-registry.js';
import { RedisRegistry, type RedisRegistryOptions } from './registry/redis-registry.js';
import type { Registry } from './registry/registry.js';
import { Seeds, type Resolve } from './seeds.js';

export interface DiscoveryOptions {
  /** Id of the own instance: 32 lower-case hex digits. */
  readonly self: string;
  /** Environments never see one another. */
  readonly environment: string;
  /** Own host id. Default: `hostId()`. */
  readonly host?: string;
  /** What the application binds to; multicast uses the same interface, all for `0.0.0.0`. Default: `127.0.0.1`. */
  readonly bind?: string;
  /** URL (see `parseRedisUrl`) or ioredis options. Without it there is no registry. */
  readonly redis?: RedisRegistryOptions['redis'];
  /** Nuclei whose registries are used, all of them: see `parseNucleus` and `DEFAULT_NUCLEUS`. Default: none. */
  readonly nucleus?: NucleusOption;
  /** Default: on, in the default group. */
  readonly multicast?: MulticastOption;
  /** `tcp://host:port`, each; names are resolved again and again. */
  readonly seeds?: readonly string[];
  /** Default: the system's resolver. */
  readonly resolve?: Resolve;
  /** Instead of, or beside, Redis. */
  readonly registry?: Registry;
  /** Shared with whoever else asks. Default: one of its own. */
  readonly prober?: Prober;
  /** Instead of multicast. */
  readonly beacon?: Beacon;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/**
 * Puts discovery together. Nothing is opened before `start`.
 * Throws a `TypeError` that says how to mend it when a seed or the Redis URL is malformed.
 */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const {
    self,
    environment,
    host = hostId(),
    bind = '127.0.0.1',
    clock = systemClock,
    random = Math.random,
    logger = silentLogger,
  } = options;
  const registries: Registry[] = [];
  if (options.registry !== undefined) registries.push(options.registry);
  if (options.redis !== undefined) {
    registries.push(new RedisRegistry({ environment, redis: options.redis, clock, random, logger }));
  }
  const { endpoints = [], expected } = options.nucleus ?? {};
  for (const endpoint of endpoints) {
    registries.push(new NucleusRegistry({ environment, endpoint, expected, clock, random, logger }));
  }
  const multicast = options.multicast ?? {};
  const beacon =
    options.beacon ??
    (multicast === 'off' ? undefined : new MulticastBeacon({ ...multicast, bind, clock, logger }));
  const { seeds = [], resolve } = options;
  return new LiveDiscovery({
    directory: new LiveDirectory({ self, environment, host, clock, logger }),
    prober: options.prober ?? new Prober({ clock, random }),
    registries,
    talk:
      beacon && ((listener) => new BeaconTalk({ self, environment, host, beacon, clock, random }, listener)),
    seeds: seeds.length > 0 ? new Seeds({ seeds, resolve, clock, random }) : undefined,
    host,
    clock,
  });
}
