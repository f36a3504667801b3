import { systemClock, type Clock, type Random } from './clock.js';
import { createDiscovery } from './create-discovery.js';
import type { Discovery } from './discovery.js';
import type { Logger } from './logger.js';
import { MemoryRegistry, type MemoryRegistryHub } from './registry/memory-registry.js';

export interface MemoryDiscoveryOptions {
  readonly self: string;
  readonly environment: string;
  /** Default: one host for all. */
  readonly host?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
}

/**
 * Discovery within one process, without sockets: whoever shares the hub finds one another within a
 * microtask. For tests, and for applications that live in one process.
 */
export function memoryDiscovery(hub: MemoryRegistryHub, options: MemoryDiscoveryOptions): Discovery {
  const registry = new MemoryRegistry(hub, options.environment, options.clock ?? systemClock);
  return createDiscovery({ host: 'memory', ...options, registry, multicast: 'off' });
}
