import type { InstanceRecord } from '../instance-record.js';
import { parseRecord } from '../record-check.js';
import type { RedisClient } from './redis-client.js';
import type { RedisLayout } from './redis-layout.js';

/** What one look at the registry saw. */
export interface Sight {
  /** Records whose lease runs: those known before, and those read now because they are new or changed. */
  readonly present: readonly InstanceRecord[];
  /** Ids without a lease: in the index, or known before, but without a record. */
  readonly missing: readonly string[];
}

/**
 * Looks through an environment. Cheap enough to be repeated by everybody: reads the index, asks only
 * whether known records still exist, and fetches no more than what is new or has a higher revision.
 */
export async function look(
  redis: RedisClient,
  layout: RedisLayout,
  known: ReadonlyMap<string, InstanceRecord>,
  self: ReadonlySet<string>,
): Promise<Sight> {
  const index = await redis.hgetall(layout.index);
  const fetch: string[] = [];
  const check: string[] = [];
  for (const id of new Set([...Object.keys(index), ...known.keys()])) {
    if (self.has(id)) continue;
    const record = known.get(id);
    const changed = record === undefined || Number(index[id] ?? 0) > record.revision;
    (changed ? fetch : check).push(id);
  }
  const [exists, records] = await Promise.all([
    findExisting(redis, layout, check),
    fetchRecords(redis, layout, fetch),
  ]);
  const present = check.filter((id) => exists.has(id)).map((id) => known.get(id)!);
  for (const record of records.values()) if (record !== undefined) present.push(record);
  const missing = check.filter((id) => !exists.has(id));
  return { present, missing: [...missing, ...fetch.filter((id) => !records.has(id))] };
}

/** EXISTS counts: a chunk that is complete costs one small answer, another one is asked key by key. */
async function findExisting(
  redis: RedisClient,
  layout: RedisLayout,
  ids: readonly string[],
): Promise<Set<string>> {
  const existing = new Set<string>();
  await Promise.all(
    chunks(ids, 64).map(async (chunk) => {
      const count = await redis.exists(...chunk.map((id) => layout.record(id)));
      if (count === chunk.length) return chunk.forEach((id) => existing.add(id));
      const each = await Promise.all(chunk.map((id) => redis.exists(layout.record(id))));
      chunk.forEach((id, at) => each[at] === 1 && existing.add(id));
    }),
  );
  return existing;
}

/** Of those that exist; undefined for a record that is malformed or of a version unknown here. */
async function fetchRecords(
  redis: RedisClient,
  layout: RedisLayout,
  ids: readonly string[],
): Promise<Map<string, InstanceRecord | undefined>> {
  const found = new Map<string, InstanceRecord | undefined>();
  await Promise.all(
    chunks(ids, 32).map(async (chunk) => {
      const texts = await redis.mget(chunk.map((id) => layout.record(id)));
      chunk.forEach((id, at) => {
        const text = texts[at];
        if (typeof text !== 'string') return;
        const record = parseRecord(text);
        found.set(id, record?.id === id ? record : undefined);
      });
    }),
  );
  return found;
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < list.length; at += size) result.push(list.slice(at, at + size));
  return result;
}
