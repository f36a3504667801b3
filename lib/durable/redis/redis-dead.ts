import { isObject } from '../../../nucleus/record-check.js';
import { type DeadEntry, type DeadLog, groupName, groupOfName } from '../durable-log.js';
import type { RedisConnection } from './redis-connection.js';
import type { DurableLayout } from './redis-layout.js';
import { REPLAY } from './scripts.js';

const ID = /^\d{1,20}-\d{1,20}$/;

/** The dead letters of an environment: one stream. */
export class RedisDead implements DeadLog {
  constructor(
    private readonly layout: DurableLayout,
    private readonly commands: RedisConnection,
  ) {}

  async list(count: number, after?: string): Promise<readonly DeadEntry[]> {
    if (after !== undefined && !ID.test(after)) return [];
    const start = after === undefined ? '-' : `(${after}`;
    const found = await this.commands.run((redis) =>
      redis.xrange(this.layout.dead, start, '+', 'COUNT', count),
    );
    return found.flatMap(([id, fields]) => entryOf(id, fields) ?? []);
  }

  async get(id: string): Promise<DeadEntry | undefined> {
    if (!ID.test(id)) return undefined;
    const [found] = await this.commands.run((redis) => redis.xrange(this.layout.dead, id, id));
    return found && entryOf(...found);
  }

  async replay(id: string): Promise<boolean> {
    const entry = await this.get(id);
    if (entry === undefined) return false;
    const { dead, groups } = this.layout;
    const { stream, size } = this.layout.group(entry.group);
    const keys = [dead, groups, stream(entry.partition), size];
    const done = await this.commands.run((redis) =>
      redis.eval(REPLAY, keys.length, ...keys, id, groupName(entry.group)),
    );
    return done === 1;
  }

  async drop(id: string): Promise<boolean> {
    if (!ID.test(id)) return false;
    return (await this.commands.run((redis) => redis.xdel(this.layout.dead, id))) === 1;
  }
}

/** The letter in a stream's entry; undefined for what is none. */
function entryOf(id: string, fields: readonly string[]): DeadEntry | undefined {
  const [, facts = '', , text = ''] = fields;
  try {
    const value: unknown = JSON.parse(facts);
    if (!isObject(value)) return undefined;
    const { group, error, at, deliveries, original, partition } = value;
    const of = groupOfName(String(group));
    if (of === undefined) return undefined;
    return {
      id,
      group: of,
      error: String(error),
      at: Number(at),
      deliveries: Number(deliveries),
      original: String(original),
      partition: Number(partition),
      text,
    };
  } catch {
    return undefined;
  }
}
