import type { ChainableCommander, RedisOptions } from 'ioredis';
import type { Clock, Random } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import type { Logger } from '../logger.js';
import { parseRecord } from '../record-check.js';
import type { RedisClient } from './redis-client.js';
import { decodeChange, LEASE_MS, RedisLayout, type RegistryChange } from './redis-layout.js';
import { RedisLink } from './redis-link.js';
import { RedisTarget } from './redis-target.js';
import { look } from './registry-look.js';
import { Rest } from './rest.js';
import type { RegistryListener, RelayRegistry } from './registry.js';

export interface RedisRegistryOptions {
  readonly environment: string;
  /** URL or ioredis options. */
  readonly redis: string | RedisOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * The registry in Redis, see `nucleus/PROTOCOL.md`. It works in sessions: connect, write the own records,
 * look through the environment, then renew and look again at intervals. Any trouble ends the session, and
 * the next one begins 50 ms to 2 s later, for ever.
 */
export class RedisRegistry implements RelayRegistry {
  private readonly layout: RedisLayout;
  private readonly target: RedisTarget;
  private readonly own = new Map<string, InstanceRecord>();
  /** Ids that were ever put here: nothing is told about them. */
  private readonly mine = new Set<string>();
  /** Kept up on behalf of others. */
  private readonly relayed = new Map<string, InstanceRecord>();
  private readonly known = new Map<string, InstanceRecord>();
  /** How many looks in a row did not see the record. */
  private readonly misses = new Map<string, number>();
  private listener: RegistryListener | undefined;
  private link: RedisLink | undefined;
  private running: Promise<void> | undefined;
  private readonly rest: Rest;
  private state: SourceStatus['state'] = 'off';
  private problem = '';
  private lastWrite = -Infinity;
  /** Something was put that could not be written at once. */
  private unwritten = false;

  constructor(private readonly options: RedisRegistryOptions) {
    this.layout = new RedisLayout(options.environment);
    this.target = new RedisTarget(options.redis);
    this.rest = new Rest(options.clock, options.random);
  }

  open(listener: RegistryListener): void {
    if (this.listener !== undefined) return;
    this.listener = listener;
    this.state = 'connecting';
    this.running = this.run();
  }

  put(record: InstanceRecord): void {
    this.own.set(record.id, record);
    this.mine.add(record.id);
    this.writeSoon(record);
  }

  async remove(instance: string): Promise<void> {
    if (this.own.delete(instance)) await this.takeOut({ gone: instance }, instance);
  }

  relay(record: InstanceRecord): void {
    if (this.own.has(record.id)) return;
    this.relayed.set(record.id, record);
    this.writeSoon(record);
  }

  unrelay(instance: string): void {
    this.relayed.delete(instance);
  }

  depart(instance: string): void {
    this.relayed.delete(instance);
    void this.takeOut({ gone: instance }, instance);
  }

  evict(instance: string, revision: number): void {
    this.relayed.delete(instance);
    void this.link
      ?.run((redis) => redis.get(this.layout.record(instance)))
      .then((text) => {
        // A race with the owner's return heals at its next renewal.
        const present = text === null ? undefined : parseRecord(text);
        if (present !== undefined && present.revision <= revision) {
          return this.takeOut({ lost: instance }, instance);
        }
        return undefined;
      })
      .catch(() => undefined);
  }

  /** At once where Redis is there, else as soon as it is. */
  private writeSoon(record: InstanceRecord): void {
    if (this.state !== 'up' || this.link === undefined) this.unwritten = true;
    // When it fails, the session ends and tells.
    else this.link.run((redis) => this.write(redis, [record], true)).catch(() => undefined);
  }

  private async takeOut(change: RegistryChange, instance: string): Promise<void> {
    const { layout } = this;
    const removal = this.link?.run(
      (redis) =>
        settle(
          redis
            .pipeline()
            .del(layout.record(instance))
            .hdel(layout.index, instance)
            .publish(layout.channel, JSON.stringify(change)),
        ),
      REMOVE_MS,
    );
    await removal?.catch(() => undefined);
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.state = 'off';
    this.rest.end();
    this.link?.fail(new Error('closed'));
    await this.running;
  }

  status(): SourceStatus {
    const detail = this.state === 'down' ? `${this.target.name}; ${this.problem}` : this.target.name;
    return { name: 'redis', state: this.state, detail };
  }

  private async run(): Promise<void> {
    while (this.listener !== undefined) {
      const link = new RedisLink(this.target, this.options.clock);
      this.link = link;
      try {
        await this.session(link);
      } catch (error) {
        this.noteDown(error);
      }
      await link.close();
      this.link = undefined;
      if (this.listener !== undefined) await this.rest.take();
    }
  }

  private async session(link: RedisLink): Promise<void> {
    const { clock, random } = this.options;
    await link.open(this.layout.channel, (text) => this.heard(text));
    this.misses.clear();
    await this.writeAll(link, true);
    await this.lookAround(link);
    this.noteUp();
    if (this.unwritten) await this.writeAll(link, true);
    const jittered = (ms: number): number => clock.now() + ms * (0.8 + 0.4 * random());
    let renewAt = jittered(RENEW_MS);
    let lookAt = jittered(LOOK_MS);
    while (this.listener !== undefined) {
      await link.wait(Math.max(0, Math.min(renewAt, lookAt) - clock.now()));
      if (clock.now() >= renewAt) {
        // Late by a whole lease means that this process was frozen: others may have given it up.
        await this.writeAll(link, clock.now() - this.lastWrite > LEASE_MS);
        renewAt = jittered(RENEW_MS);
      }
      if (clock.now() >= lookAt) {
        await this.lookAround(link);
        lookAt = jittered(Math.max(LOOK_MS, this.known.size * LOOK_MS_EACH));
      }
    }
  }

  private async writeAll(link: RedisLink, tell: boolean): Promise<void> {
    this.unwritten = false;
    // The lease runs from when Redis gets it, which may be long before its answer is read here.
    const begin = this.options.clock.now();
    const records = [...this.own.values(), ...this.relayed.values()];
    for (let at = 0; at < records.length; at += WRITE_AT_ONCE) {
      const some = records.slice(at, at + WRITE_AT_ONCE).filter(({ id }) => this.keepsUp(id));
      await link.run((redis) => this.write(redis, some, tell));
    }
    this.lastWrite = begin;
  }

  private async write(redis: RedisClient, records: readonly InstanceRecord[], tell: boolean): Promise<void> {
    const { layout } = this;
    const pipeline = redis.pipeline();
    for (const record of records) {
      pipeline
        .set(layout.record(record.id), JSON.stringify(record), 'PX', LEASE_MS)
        .hset(layout.index, record.id, record.revision);
      if (tell) pipeline.publish(layout.channel, JSON.stringify({ put: record }));
    }
    await settle(pipeline);
  }

  private keepsUp(instance: string): boolean {
    return this.own.has(instance) || this.relayed.has(instance);
  }

  private async lookAround(link: RedisLink): Promise<void> {
    const sight = await link.run((redis) => look(redis, this.layout, this.known, this.mine));
    for (const record of sight.present) {
      this.misses.delete(record.id);
      this.found(record);
    }
    const stale: string[] = [];
    for (const id of sight.missing) {
      // Once may be an emptied Redis that its owners have not filled again; twice is longer than a renewal.
      const misses = (this.misses.get(id) ?? 0) + 1;
      this.misses.set(id, misses);
      if (misses < 2) continue;
      stale.push(id);
      this.misses.delete(id);
      if (this.known.delete(id)) this.listener?.lost(id);
    }
    // A race with the owner's return heals at its next renewal.
    if (stale.length > 0) await link.run((redis) => redis.hdel(this.layout.index, ...stale));
  }

  private heard(text: string): void {
    const change = decodeChange(text);
    if (change === undefined) {
      this.options.logger.debug({ channel: this.layout.channel }, 'ignored a malformed change in Redis');
    } else if ('put' in change) {
      if (!this.mine.has(change.put.id)) this.found(change.put);
    } else if ('gone' in change) {
      if (this.mine.has(change.gone)) return;
      this.relayed.delete(change.gone);
      this.known.delete(change.gone);
      this.misses.delete(change.gone);
      this.listener?.left(change.gone);
    } else if (!this.mine.has(change.lost)) {
      this.misses.delete(change.lost);
      if (this.known.delete(change.lost)) this.listener?.lost(change.lost);
    }
  }

  private found(record: InstanceRecord): void {
    const known = this.known.get(record.id);
    if (known !== undefined && known.revision > record.revision) return;
    this.known.set(record.id, record);
    // What is here on this side's own word is no news.
    const relayed = this.relayed.get(record.id);
    if (relayed === undefined || relayed.revision < record.revision) this.listener?.found(record);
  }

  private noteUp(): void {
    if (this.listener === undefined) return;
    if (this.state === 'down') this.options.logger.info({ redis: this.target.name }, 'Redis is back');
    this.state = 'up';
    this.rest.reset();
  }

  private noteDown(error: unknown): void {
    if (this.listener === undefined) return;
    if (this.target.learn(error)) return;
    this.problem = this.target.describe(error);
    if (this.state !== 'down') {
      this.options.logger.warn(
        { redis: this.target.name, reason: this.problem },
        'Redis is away: going on with what is known, and trying again',
      );
    }
    this.state = 'down';
  }
}

/** With its jitter less than 3 s: so soon a Redis that was emptied is filled again. */
const RENEW_MS = 2400;
/** Longer than the longest time between two renewals, see `lookAround`. */
const LOOK_MS = 5000;
/** With 1,000 instances each looks every 25 s: changes are told, and a look at a thousand costs everybody some milliseconds. */
const LOOK_MS_EACH = 25;
const REMOVE_MS = 800;
const WRITE_AT_ONCE = 64;

/** Runs a pipeline; rejects with the first error of its commands. */
async function settle(pipeline: ChainableCommander): Promise<void> {
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}
