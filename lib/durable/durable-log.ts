/** What a service listens to durably. Each group gets each event once, whatever the number of instances. */
export interface DurableGroup {
  /** The listening service. */
  readonly service: string;
  /** An exact topic or a pattern. */
  readonly topic: string;
  /** The publishing service; undefined: every publisher. */
  readonly from: string | undefined;
}

/** The partitions of a group. One instance at a time reads one: so many instances share a group at most. */
export const PARTITIONS = 16;

/** An event to be kept. The log looks at no more of it than it needs to find its groups. */
export interface LogEntry {
  readonly topic: string;
  /** The services on whose behalf it is published: what a group's `from` is compared with. */
  readonly by: readonly string[];
  /** Events of one key are handled one after another, in the order in which they were appended. */
  readonly key: string | undefined;
  /** Opaque to the log. */
  readonly text: string;
}

/** An event that a group has not handled yet. */
export interface Delivery {
  readonly partition: number;
  /** Unique in the group; orders the events of a partition. */
  readonly id: string;
  /** How often it was begun, the first reading included. */
  readonly deliveries: number;
  readonly text: string;
}

/** What an instance wants when it attends a group. */
export interface Attendance {
  readonly instance: string;
  /** How long its partitions stay its own without another word, ms; 0: it leaves. */
  readonly lease: number;
  /** Instances that are known to have ended: their partitions are free at once. */
  readonly gone: readonly string[];
  /** Partitions that it gives back: it holds no event of them. */
  readonly give: readonly number[];
}

/** What an instance has of a group. */
export interface Assignment {
  readonly partitions: readonly number[];
  /** How many are its fair share: what it has beyond them it should give back. */
  readonly share: number;
  /** Events that the group has not handled, in all partitions. */
  readonly backlog: number;
}

/** Why an event was given up. */
export interface Failure {
  readonly error: string;
  /** Wall-clock time, ms since 1970. */
  readonly at: number;
}

/** The events of one group. Reading, adopting and beginning are for the instance that has the partition. */
export interface GroupLog {
  /** Renews the lease, and takes free partitions up to the fair share. */
  attend(attendance: Attendance): Promise<Assignment>;
  /**
   * Events that nobody has read, at most `count` of each partition, in order; waits at most `wait` ms for the first.
   * @throws GroupLost
   */
  read(
    instance: string,
    partitions: readonly number[],
    count: number,
    wait: number,
  ): Promise<readonly Delivery[]>;
  /** Ends a `read` that waits, where it can be ended; else it ends when its wait does. */
  wake?(): void;
  /** Events of a partition that were read, by whomever, and not settled; in order. @throws GroupLost */
  adopt(instance: string, partition: number): Promise<readonly Delivery[]>;
  /** Notes that the delivery begins once more; false when it is settled already. */
  begin(instance: string, delivery: Delivery): Promise<boolean>;
  /** Handled, or with `failure` given up: it becomes a dead letter. Harmless when repeated. */
  settle(delivery: Delivery, failure?: Failure): Promise<void>;
}

/** A group, with what waits in it. */
export interface GroupView extends DurableGroup {
  readonly backlog: number;
}

/** An event that was given up. */
export interface DeadEntry extends Failure {
  readonly id: string;
  readonly group: DurableGroup;
  readonly deliveries: number;
  /** Its id in the group, and where it was there: a replay puts it back among the events of its key. */
  readonly original: string;
  readonly partition: number;
  readonly text: string;
}

/** The events that were given up, of all groups. */
export interface DeadLog {
  /** Oldest first, at most `count`, behind the one with the id `after`. */
  list(count: number, after?: string): Promise<readonly DeadEntry[]>;
  get(id: string): Promise<DeadEntry | undefined>;
  /** Puts it back into its group, as if it were new; false when there is none, or its group is forgotten. */
  replay(id: string): Promise<boolean>;
  drop(id: string): Promise<boolean>;
}

/**
 * Keeps events until each group that listens has handled them. Every method rejects with {@link LogAway} while the
 * log cannot be reached, and works again when it can.
 */
export interface DurableLog {
  readonly dead: DeadLog;
  /**
   * Keeps the event for each group that listens now, all or none. Resolves, once it is written, to those groups.
   * @throws BacklogFull
   */
  append(entry: LogEntry): Promise<readonly DurableGroup[]>;
  /** Makes the group if there is none: it gets what is appended from then on. */
  open(group: DurableGroup): Promise<GroupLog>;
  groups(): Promise<readonly GroupView[]>;
  /** Ends the group and drops what waits in it; gives how many events. Undefined when there is none. */
  forget(group: DurableGroup): Promise<number | undefined>;
  close(): Promise<void>;
}

/** The log cannot be reached. */
export class LogAway extends Error {
  override readonly name = 'LogAway';

  constructor(
    message: string,
    /** The command may have been carried out all the same. */
    readonly maybeDone: boolean,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** The group is not there any more: the log came back without its data, or the group was forgotten. */
export class GroupLost extends Error {
  override readonly name = 'GroupLost';
}

/** A group holds as much as it may. Nothing was appended. */
export class BacklogFull extends Error {
  override readonly name = 'BacklogFull';

  constructor(
    readonly group: DurableGroup,
    readonly limit: number,
  ) {
    super(`${groupName(group)} has ${limit} events that wait`);
  }
}

/** A group's name, unique among groups and readable: `@shop/mail order.placed`, and ` @shop/orders` where it has a `from`. */
export function groupName({ service, topic, from }: DurableGroup): string {
  return from === undefined ? `${service} ${topic}` : `${service} ${topic} ${from}`;
}

/** The group of a name; undefined when it is none. */
export function groupOfName(name: string): DurableGroup | undefined {
  const [service = '', topic = '', from, ...rest] = name.split(' ');
  return service === '' || topic === '' || rest.length > 0 ? undefined : { service, topic, from };
}

/** The partition that a key's events are in, the same everywhere: FNV-1a of its UTF-16 units. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  // The low bits of FNV-1a alone are even; fold the high ones in.
  return (hash ^ (hash >>> 16)) & (PARTITIONS - 1);
}
