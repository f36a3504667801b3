import type { RedisClient } from '../../../nucleus/registry/redis-client.js';
import {
  type Assignment,
  type Attendance,
  type Delivery,
  type DurableGroup,
  type Failure,
  type GroupLog,
  GroupLost,
  PARTITIONS,
} from '../durable-log.js';
import type { RedisConnection } from './redis-connection.js';
import { CONSUMERS, type DurableLayout, FIELD, type GroupKeys } from './redis-layout.js';
import { ATTEND, SETTLE } from './scripts.js';

/** Pending entries that are looked at in one go. */
const PAGE = 500;
/** A blocked read may be answered this much late, ms. */
const GRACE = 2000;

type Entry = readonly [id: string, fields: readonly string[] | null];

/** One group: a stream for each partition, read through a consumer group. */
export class RedisGroup implements GroupLog {
  private readonly keys: GroupKeys;

  constructor(
    private readonly layout: DurableLayout,
    private readonly group: DurableGroup,
    private readonly commands: RedisConnection,
    /** Waits in `read`, so it is the group's own. */
    private readonly reader: RedisConnection,
  ) {
    this.keys = layout.group(group);
  }

  async attend(attendance: Attendance): Promise<Assignment> {
    const { members, owners, size } = this.keys;
    const argument = JSON.stringify({ ...attendance, parts: PARTITIONS });
    const answer = await this.commands.run((redis) => redis.eval(ATTEND, 3, members, owners, size, argument));
    const [share = PARTITIONS, backlog = 0, ...partitions] = (answer as (number | string)[]).map(Number);
    return { share, backlog, partitions };
  }

  async read(
    instance: string,
    partitions: readonly number[],
    count: number,
    wait: number,
  ): Promise<readonly Delivery[]> {
    const streams = partitions.map((partition) => this.keys.stream(partition));
    const byKey = new Map(streams.map((key, index) => [key, partitions[index]!]));
    const newest = streams.map(() => '>');
    const answer = await this.found(
      this.reader.run((redis) => {
        // Redis takes whole milliseconds, and refuses a read with a part of one.
        const block = wait > 0 ? ['BLOCK', Math.ceil(wait)] : [];
        const what = [
          'GROUP',
          CONSUMERS,
          instance,
          'COUNT',
          count,
          ...block,
          'STREAMS',
          ...streams,
          ...newest,
        ];
        // One signature for all; ioredis has one for each combination of options.
        return (redis.xreadgroup.bind(redis) as (...args: (string | number)[]) => Promise<unknown>)(...what);
      }, wait + GRACE),
    );
    const found = (answer ?? []) as readonly (readonly [key: string, entries: readonly Entry[]])[];
    return found.flatMap(([key, entries]) =>
      entries.map(([id, fields]) => this.delivery(byKey.get(key)!, id, fields, 1)),
    );
  }

  async adopt(instance: string, partition: number): Promise<readonly Delivery[]> {
    const key = this.keys.stream(partition);
    const adopted: Delivery[] = [];
    let from = '-';
    for (;;) {
      const start = from;
      const rows = (await this.found(
        this.commands.run((redis) => redis.xpending(key, CONSUMERS, start, '+', PAGE)),
      )) as readonly (readonly [id: string, consumer: string, idle: number, count: number])[];
      for (const [id, count, fields] of await this.claim(key, instance, rows)) {
        adopted.push(this.delivery(partition, id, fields, count));
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return adopted;
      from = `(${last[0]}`;
    }
  }

  async begin(instance: string, { partition, id, deliveries }: Delivery): Promise<boolean> {
    const key = this.keys.stream(partition);
    const claimed = await this.commands.run((redis) =>
      redis.call('XCLAIM', key, CONSUMERS, instance, 0, id, 'RETRYCOUNT', deliveries + 1, 'JUSTID'),
    );
    return (claimed as unknown[]).length > 0;
  }

  async settle({ partition, id, deliveries, text }: Delivery, failure?: Failure): Promise<void> {
    const { size, name } = this.keys;
    const letter =
      failure === undefined
        ? []
        : [JSON.stringify({ ...failure, group: name, deliveries, original: id, partition }), text];
    const keys = [this.keys.stream(partition), size, this.layout.dead];
    await this.commands.run((redis) => redis.eval(SETTLE, 3, ...keys, id, ...letter));
  }

  /** Makes entries the instance's own without counting it as a delivery: they are only held, not begun. */
  private async claim(
    key: string,
    instance: string,
    rows: readonly (readonly [id: string, consumer: string, idle: number, count: number])[],
  ): Promise<(readonly [id: string, count: number, fields: readonly string[] | null])[]> {
    const counts = new Map<number, string[]>();
    for (const [id, , , count] of rows) {
      const ids = counts.get(count);
      if (ids === undefined) counts.set(count, [id]);
      else ids.push(id);
    }
    const claimed = await Promise.all(
      [...counts].map(async ([count, ids]) => {
        const claim = (redis: RedisClient): Promise<unknown> =>
          redis.call('XCLAIM', key, CONSUMERS, instance, 0, ...ids, 'RETRYCOUNT', count);
        const entries = (await this.commands.run(claim)) as readonly Entry[];
        return entries.map(([id, fields]) => [id, count, fields] as const);
      }),
    );
    const place = new Map(rows.map(([id], index) => [id, index]));
    return claimed.flat().sort(([a], [b]) => place.get(a)! - place.get(b)!);
  }

  private delivery(
    partition: number,
    id: string,
    fields: readonly string[] | null,
    deliveries: number,
  ): Delivery {
    const at = fields?.indexOf(FIELD) ?? -1;
    return { partition, id, deliveries, text: fields?.[at + 1] ?? '' };
  }

  private async found<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOGROUP')) throw error;
      throw new GroupLost(`the group ${this.keys.name} is not in Redis any more`, { cause: error });
    }
  }
}
