// For users.
export { createDiscovery, type DiscoveryOptions } from './create-discovery.js';
export { parseMulticast, type MulticastOption } from './multicast-option.js';
export { DEFAULT_NUCLEUS, parseNucleus, type NucleusOption } from './nucleus-option.js';
export type { Discovery, InstanceProbe, SourceStatus } from './discovery.js';
export type {
  Directory,
  DirectoryChange,
  DirectoryEntry,
  EvidenceKind,
  InstanceState,
  Source,
} from './directory.js';
export {
  RECORD_VERSION,
  type InstanceRecord,
  type OperationRecord,
  type ServiceRecord,
  type SubscriptionRecord,
} from './instance-record.js';
export type { Delivery } from './delivery.js';
export { hostId } from './host-id.js';
export { memoryDiscovery, type MemoryDiscoveryOptions } from './memory-discovery.js';
export { MemoryRegistry, MemoryRegistryHub } from './registry/memory-registry.js';

// For integrators: the ports, and what implements them.
export { systemClock, type Clock, type Random, type Timer } from './clock.js';
export { silentLogger, type Logger } from './logger.js';
export type { Registry, RegistryListener, RelayRegistry } from './registry/registry.js';
export { NucleusRegistry, type NucleusRegistryOptions } from './registry/nucleus-registry.js';
export { NucleusDaemon, type NucleusDaemonOptions } from './daemon/nucleus-daemon.js';
export { RedisRegistry, type RedisRegistryOptions } from './registry/redis-registry.js';
export type { Beacon, BeaconListener, BeaconMessage } from './beacon/beacon.js';
export {
  DEFAULT_MULTICAST,
  MulticastBeacon,
  type MulticastBeaconOptions,
} from './beacon/multicast-beacon.js';
export { MemoryBeacon, MemoryBeaconHub } from './beacon/memory-beacon.js';
export { LiveDirectory, type LiveDirectoryOptions } from './live-directory.js';
export { checkRecord, parseRecord } from './record-check.js';
