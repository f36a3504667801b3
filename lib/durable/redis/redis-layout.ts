import { type DurableGroup, groupName } from '../durable-log.js';

/** The consumer group of every stream; whose it is, the stream's key says. */
export const CONSUMERS = 'atom';

/** The field of an entry that holds the event. */
export const FIELD = 'e';

/** Keys of a group. */
export interface GroupKeys {
  readonly name: string;
  /** A stream each, with the events that are not handled yet. */
  readonly stream: (partition: number) => string;
  /** How many events there are in all of them. */
  readonly size: string;
  /** A sorted set: instance, and the end of its lease on Redis' clock, ms. */
  readonly members: string;
  /** A hash: partition to instance. */
  readonly owners: string;
}

/**
 * Names of keys. As in `nucleus/registry/redis-layout.ts` the hash tag keeps an environment in one slot of a cluster,
 * so that one script can write to several streams.
 */
export class DurableLayout {
  private readonly prefix: string;
  /** A random text that changes with the groups. */
  readonly version: string;
  /** A set of groups' names. */
  readonly groups: string;
  /** A stream. */
  readonly dead: string;

  constructor(environment: string) {
    this.prefix = `{atom:${encodeURIComponent(environment)}}:durable`;
    this.version = `${this.prefix}:version`;
    this.groups = `${this.prefix}:groups`;
    this.dead = `${this.prefix}:dead`;
  }

  group(group: DurableGroup): GroupKeys {
    const name = groupName(group);
    const prefix = `${this.prefix}:group:${name}`;
    return {
      name,
      stream: (partition) => `${prefix}:${partition}`,
      size: `${prefix}:size`,
      members: `${prefix}:members`,
      owners: `${prefix}:owners`,
    };
  }
}
