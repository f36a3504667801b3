import type { ServiceStats } from '../../lib/application/builtin-operations.js';
import { checkDescription } from '../daemon/description-check.js';
import type { ServiceDetail } from '../daemon/http-api.js';
import type { DirectoryEntry } from '../directory.js';
import type { Mesh } from './mesh.js';
import { offersOf } from './offers.js';
import { toldStats } from './told-stats.js';

/** Instances that are asked at the same time. */
const AT_ONCE = 32;

/** One instance of a service, with what it tells of its traffic; without, when it does not, or with what is none. */
export interface InstanceStats {
  readonly entry: DirectoryEntry;
  readonly stats: ServiceStats | undefined;
}

/** Instances of a service, in the order of their ids. */
export function instancesOf(mesh: Mesh, service: string): DirectoryEntry[] {
  return mesh
    .entries()
    .filter(({ record }) => record.services.some(({ name }) => name === service))
    .sort((a, b) => (a.record.id < b.record.id ? -1 : 1));
}

export function versionOf({ record }: DirectoryEntry, service: string): string {
  return record.services.find(({ name }) => name === service)?.version ?? '';
}

/**
 * What a service says of itself, once for each of its versions; those that do not are left out. Where instances of one
 * version differ, all that one of them offers is in it.
 */
export async function describeVersions(
  mesh: Mesh,
  service: string,
  timeout: number,
): Promise<ServiceDetail[]> {
  const byOffer = new Map<string, DirectoryEntry[]>();
  for (const entry of instancesOf(mesh, service)) {
    const offer = JSON.stringify([versionOf(entry, service), offersOf(entry.record, service)]);
    byOffer.set(offer, [...(byOffer.get(offer) ?? []), entry]);
  }
  const details = await Promise.all(
    [...byOffer.values()].map((same) => firstAnswer(mesh, service, same, timeout)),
  );
  const byVersion = new Map<string, ServiceDetail>();
  for (const detail of details) {
    if (detail === undefined) continue;
    const known = byVersion.get(detail.version);
    byVersion.set(detail.version, known === undefined ? detail : union(known, detail));
  }
  return [...byVersion.values()];
}

function union(one: ServiceDetail, other: ServiceDetail): ServiceDetail {
  const isNew = (a: ServiceDetail['events'][number]): boolean =>
    !one.events.some((b) => a.topic === b.topic && a.from === b.from);
  return {
    ...one,
    metadata: { ...other.metadata, ...one.metadata },
    operations: [
      ...one.operations,
      ...other.operations.filter(({ name }) => !one.operations.some((known) => known.name === name)),
    ],
    events: [...one.events, ...other.events.filter(isNew)],
    lexemes: { ...other.lexemes, ...one.lexemes },
  };
}

/** Asks each instance for its stats. */
export async function collectStats(
  mesh: Mesh,
  service: string,
  entries: readonly DirectoryEntry[],
  timeout: number,
): Promise<InstanceStats[]> {
  const results: InstanceStats[] = [];
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const some = entries.slice(start, start + AT_ONCE);
    results.push(
      ...(await Promise.all(
        some.map(async (entry) => ({
          entry,
          stats: toldStats(await ask(mesh, service, '$stats', entry, timeout)),
        })),
      )),
    );
  }
  return results;
}

async function firstAnswer(
  mesh: Mesh,
  service: string,
  entries: readonly DirectoryEntry[],
  timeout: number,
): Promise<ServiceDetail | undefined> {
  for (const entry of entries.slice(0, ATTEMPTS)) {
    const detail = checkDescription(await ask(mesh, service, '$describe', entry, timeout), service);
    if (detail !== undefined) return detail;
  }
  return undefined;
}

const ATTEMPTS = 3;

/** Whatever it answers; undefined when it does not. */
async function ask(
  mesh: Mesh,
  service: string,
  operation: string,
  { record, state }: DirectoryEntry,
  timeout: number,
): Promise<unknown> {
  if (state !== 'routable') return undefined;
  try {
    return await mesh.client.request(service, operation, undefined, { instance: record.id, timeout });
  } catch {
    return undefined;
  }
}
