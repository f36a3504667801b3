// For users.
export {
  createTestApplication,
  createTestClient,
  type TestApplicationOptions,
  type TestOverride,
  type TestPlace,
} from './test-application.js';
export { TestNetwork } from './test-network.js';
export { FakeClock } from './fake-clock.js';

// For integrators.
export { MemoryNetwork } from '../transport/memory/memory-network.js';
export { MemoryTransport } from '../transport/memory/memory-transport.js';
export type { Link, LinkListener, Listening, Transport, TransportOptions } from '../transport/transport.js';
export { MemoryDurableLog, MemoryLogHub } from '../durable/memory-log.js';
export { memoryDiscovery, type MemoryDiscoveryOptions } from '../../nucleus/memory-discovery.js';
export { MemoryRegistry, MemoryRegistryHub } from '../../nucleus/registry/memory-registry.js';
export { MemoryBeacon, MemoryBeaconHub } from '../../nucleus/beacon/memory-beacon.js';
