import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../nucleus/clock.js';
import type { Logger } from '../../../nucleus/logger.js';
import type { RedisClient } from '../../../nucleus/registry/redis-client.js';
import type { RedisRegistryOptions } from '../../../nucleus/registry/redis-registry.js';
import { RedisTarget } from '../../../nucleus/registry/redis-target.js';
import {
  BacklogFull,
  type DeadLog,
  type DurableGroup,
  type DurableLog,
  type GroupLog,
  groupName,
  groupOfName,
  type GroupView,
  LogAway,
  type LogEntry,
  PARTITIONS,
  partitionOf,
} from '../durable-log.js';
import { Listening } from '../listening.js';
import { RedisConnection } from './redis-connection.js';
import { RedisDead } from './redis-dead.js';
import { RedisGroup } from './redis-group.js';
import { DurableLayout } from './redis-layout.js';
import { APPEND, FORGET, GROUPS, OPEN } from './scripts.js';

export interface RedisLogOptions {
  readonly environment: string;
  readonly redis: RedisRegistryOptions['redis'];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events that may wait in a group; past it an event is refused. */
  readonly maxBacklog: number;
}

/** How often an event is tried again because the groups were changing. */
const MAX_STALE = 20;

/** Characters of a version that stay while Redis keeps its data. */
const LINEAGE = 16;

/** The groups as they were, and the version that they had. */
interface Known {
  readonly version: string;
  readonly groups: readonly DurableGroup[];
  readonly listening: Listening;
}

/**
 * The log on Redis Streams. Each group has streams of its own, which an event is written to when it is published: what
 * is in them is what the group has not handled, so nothing has to be trimmed, and nothing that is pending can be.
 */
export class RedisLog implements DurableLog {
  readonly dead: DeadLog;
  private readonly layout: DurableLayout;
  private readonly target: RedisTarget;
  private readonly commands: RedisConnection;
  private readonly readers = new Map<string, RedisConnection>();
  private known: Known | undefined;
  /** The last groups that were seen, to be made again when Redis comes back without them. */
  private seen: readonly DurableGroup[] = [];
  /** What their version began with; empty while none was seen. */
  private lineage = '';
  private refreshing: Promise<Known> | undefined;
  private turn = randomBytes(1)[0]!;
  private warned = false;

  /** Opens nothing. @throws TypeError for a malformed URL */
  constructor(private readonly options: RedisLogOptions) {
    this.layout = new DurableLayout(options.environment);
    this.target = new RedisTarget(options.redis);
    this.commands = new RedisConnection(this.target, options.clock, (redis) => void this.look(redis));
    this.dead = new RedisDead(this.layout, this.commands);
  }

  async append(entry: LogEntry): Promise<readonly DurableGroup[]> {
    const partition = entry.key === undefined ? this.turn++ % PARTITIONS : partitionOf(entry.key);
    for (let attempt = 0; attempt < MAX_STALE; attempt++) {
      // No turn is given away where the groups are known, so events leave in the order in which they came.
      const { version, listening } = this.known ?? (await this.refresh());
      const groups = listening.of(entry);
      const keys = groups.flatMap((group) => {
        const { stream, size } = this.layout.group(group);
        return [stream(partition), size];
      });
      const args = [this.layout.version, ...keys, version, this.options.maxBacklog, entry.text];
      const answer = await this.commands.run((redis) => redis.eval(APPEND, keys.length + 1, ...args));
      if (answer === 0) return groups;
      if (answer !== 'stale') throw new BacklogFull(groups[Number(answer) - 1]!, this.options.maxBacklog);
      if (this.known?.version === version) this.known = undefined;
    }
    throw new LogAway('the groups change all the time', false);
  }

  async open(group: DurableGroup): Promise<GroupLog> {
    await this.create(group);
    const name = groupName(group);
    let reader = this.readers.get(name);
    if (reader === undefined) {
      this.readers.set(name, (reader = new RedisConnection(this.target, this.options.clock)));
    }
    return new RedisGroup(this.layout, group, this.commands, reader);
  }

  async groups(): Promise<readonly GroupView[]> {
    const { groups } = await this.refresh();
    const sizes = await this.commands.run((redis) =>
      Promise.all(groups.map((group) => redis.get(this.layout.group(group).size))),
    );
    return groups.map((group, index) => ({ ...group, backlog: Number(sizes[index] ?? 0) }));
  }

  async forget(group: DurableGroup): Promise<number | undefined> {
    const { version, groups } = this.layout;
    const { name, size, members, owners } = this.layout.group(group);
    const keys = [version, groups, size, members, owners, ...this.streams(group)];
    const dropped = await this.commands.run((redis) =>
      redis.eval(FORGET, keys.length, ...keys, name, random()),
    );
    this.known = undefined;
    return Number(dropped) < 0 ? undefined : Number(dropped);
  }

  async close(): Promise<void> {
    await Promise.all([this.commands, ...this.readers.values()].map((connection) => connection.close()));
  }

  private refresh(): Promise<Known> {
    this.refreshing ??= this.readGroups().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async readGroups(): Promise<Known> {
    const { layout } = this;
    const answer = await this.commands.run((redis) => redis.eval(GROUPS, 2, layout.version, layout.groups));
    const [version, names] = answer as [version: string, names: string[]];
    const lineage = version.slice(0, LINEAGE);
    // Others may have made some of them again already.
    const isAnother = this.lineage !== '' && lineage !== this.lineage;
    const lost = isAnother ? this.seen.filter((group) => !names.includes(groupName(group))) : [];
    if (lost.length > 0) return this.restore(lost);
    const groups = names.flatMap((name) => groupOfName(name) ?? []);
    this.seen = groups;
    this.lineage = lineage;
    return (this.known = {
      version,
      groups,
      listening: new Listening(groups),
    });
  }

  /** Redis has come back without its data. What is published now must be kept all the same. */
  private async restore(lost: readonly DurableGroup[]): Promise<Known> {
    this.options.logger.error(
      { redis: this.target.name, groups: lost.map(groupName) },
      'Redis has lost its data: durable events that it had acknowledged, and that were not handled yet, are gone',
    );
    for (const group of lost) await this.create(group);
    return this.readGroups();
  }

  private async create(group: DurableGroup): Promise<void> {
    const { version, groups } = this.layout;
    const keys = [version, groups, ...this.streams(group)];
    await this.commands.run((redis) => redis.eval(OPEN, keys.length, ...keys, groupName(group), random()));
  }

  private streams(group: DurableGroup): string[] {
    const { stream } = this.layout.group(group);
    return Array.from({ length: PARTITIONS }, (_, partition) => stream(partition));
  }

  /** Warns, once, of a server that would lose what it has acknowledged. */
  private async look(redis: RedisClient): Promise<void> {
    if (this.warned) return;
    try {
      const info = await redis.info('persistence');
      if (this.warned || !/^aof_enabled:0\r?$/m.test(info)) return;
      this.warned = true;
      this.options.logger.warn(
        { redis: this.target.name },
        "this Redis has no append-only file: durable events that it has acknowledged are lost when it ends; set 'appendonly yes'",
      );
    } catch (err) {
      this.options.logger.debug({ err }, 'whether this Redis has an append-only file could not be found out');
    }
  }
}

function random(): string {
  return randomBytes(LINEAGE / 2).toString('hex');
}
