import type { DirectoryEntry } from '../directory.js';
import type { DurableView, InstanceHealth, MeshView } from '../daemon/http-api.js';
import { matcher } from './pattern.js';
import { evidenceInWords } from '../daemon/health-words.js';
import { healthOf } from './evidence.js';

/** One service, as `atom ps` tells of it. */
export interface ServiceRow {
  readonly name: string;
  readonly versions: readonly string[];
  readonly health: InstanceHealth;
  readonly instances: Readonly<Record<InstanceHealth, number>>;
  /** Only a nucleus measures it. */
  readonly traffic?: {
    readonly perSecond: number;
    readonly errorsPerSecond: number;
    readonly p50: number;
    readonly p99: number;
  };
  /** Of a service that listens durably; only a nucleus adds it up. */
  readonly durable?: readonly DurableView[];
}

/** One instance. */
export interface InstanceRow {
  readonly id: string;
  readonly health: InstanceHealth;
  /** Why it is not `alive`; else empty. */
  readonly reason: string;
  readonly endpoint: string;
  readonly sources: readonly string[];
  readonly services: readonly { readonly name: string; readonly version: string }[];
}

/** A mesh at a glance. */
export interface Overview {
  readonly environment: string;
  /** `nucleus` with its address, or `discovery`: who told it. */
  readonly toldBy: string;
  readonly services: readonly ServiceRow[];
  readonly instances: readonly InstanceRow[];
}

/** What a nucleus sees. */
export function overviewOfNucleus(view: MeshView, address: string): Overview {
  return {
    environment: view.environment,
    toldBy: `nucleus ${address}`,
    services: view.services.map(
      ({ name, versions, health, instances, perSecond, errorsPerSecond, p50, p99, durable }) => ({
        name,
        versions,
        health,
        instances,
        traffic: { perSecond, errorsPerSecond, p50, p99 },
        ...(durable === undefined ? {} : { durable }),
      }),
    ),
    instances: view.instances.map(({ id, health, reason, endpoint, sources, services }) => ({
      id,
      health,
      reason,
      endpoint,
      sources,
      services: services.map(({ name, version }) => ({ name, version })),
    })),
  };
}

/** What this process has found itself. */
export function overviewOfDirectory(entries: readonly DirectoryEntry[], environment: string): Overview {
  const instances = entries.map(({ record, against, sources }): InstanceRow => ({
    id: record.id,
    health: healthOf(against),
    reason: evidenceInWords(against),
    endpoint: record.endpoint,
    sources,
    services: record.services.map(({ name, version }) => ({ name, version })),
  }));
  return { environment, toldBy: 'discovery', services: servicesOf(instances), instances };
}

/** Only what `pattern` names: a name, a part of one, or a name with `*`. */
export function narrowed(overview: Overview, pattern: string | undefined): Overview {
  if (pattern === undefined) return overview;
  const matches = matcher(pattern);
  const services = overview.services.filter(({ name }) => matches(name));
  const instances = overview.instances.filter((instance) =>
    instance.services.some(({ name }) => matches(name)),
  );
  return { ...overview, services, instances };
}

/** Without the instances that a nucleus remembers as lost, and the services that have no others. */
export function withoutLost(overview: Overview): Overview {
  const instances = overview.instances.filter(({ health }) => health !== 'lost');
  const runs = (name: string, version: string): boolean =>
    instances.some(({ services }) => services.some((one) => one.name === name && one.version === version));
  const services = overview.services
    .filter(({ health }) => health !== 'lost')
    .map((service) => {
      if (service.instances.lost === 0) return service;
      const versions = service.versions.filter((version) => runs(service.name, version));
      return { ...service, versions, instances: { ...service.instances, lost: 0 } };
    });
  return { ...overview, services, instances };
}

function servicesOf(instances: readonly InstanceRow[]): ServiceRow[] {
  const byName = new Map<string, { versions: Set<string>; count: Record<InstanceHealth, number> }>();
  for (const { health, services } of instances) {
    for (const { name, version } of services) {
      const known = byName.get(name) ?? {
        versions: new Set(),
        count: { alive: 0, slow: 0, draining: 0, lost: 0 },
      };
      byName.set(name, known);
      known.versions.add(version);
      known.count[health]++;
    }
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { versions, count }]) => ({
      name,
      versions: [...versions].sort(),
      health: BEST_FIRST.find((health) => count[health] > 0) ?? 'lost',
      instances: count,
    }));
}

/** A service is as well as its best instance. */
const BEST_FIRST: readonly InstanceHealth[] = ['alive', 'slow', 'draining', 'lost'];
