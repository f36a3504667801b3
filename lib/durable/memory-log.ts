import type { Clock } from '../../nucleus/clock.js';
import {
  type Attendance,
  type Assignment,
  BacklogFull,
  type DeadEntry,
  type DeadLog,
  type Delivery,
  type DurableGroup,
  type DurableLog,
  type Failure,
  type GroupLog,
  GroupLost,
  groupName,
  type GroupView,
  LogAway,
  type LogEntry,
  PARTITIONS,
  partitionOf,
} from './durable-log.js';
import { Listening } from './listening.js';

interface Kept {
  readonly id: string;
  readonly text: string;
  /** 0 until it is read. */
  deliveries: number;
}

interface MemoryGroup {
  readonly group: DurableGroup;
  readonly partitions: readonly Map<string, Kept>[];
  /** Ends of leases, by instance. */
  readonly members: Map<string, number>;
  readonly owners: (string | undefined)[];
}

/** What logs of one process share, by environment; it outlives the applications that use it. */
export class MemoryLogHub {
  readonly environments = new Map<string, MemoryStore>();
  /** True: whatever is asked of a log fails, as while Redis is away. */
  away = false;

  store(environment: string): MemoryStore {
    let store = this.environments.get(environment);
    if (store === undefined) this.environments.set(environment, (store = new MemoryStore()));
    return store;
  }
}

/** The events of one environment. */
class MemoryStore {
  readonly groups = new Map<string, MemoryGroup>();
  readonly dead = new Map<string, DeadEntry>();
  readonly waiting = new Set<() => void>();
  listening: Listening = new Listening<DurableGroup>([]);
  private last = 0;

  nextId(): string {
    return `${++this.last}-0`;
  }

  changed(): void {
    this.listening = new Listening([...this.groups.values()].map(({ group }) => group));
  }

  backlog({ partitions }: MemoryGroup): number {
    return partitions.reduce((sum, { size }) => sum + size, 0);
  }

  put({ partitions }: MemoryGroup, partition: number, text: string): void {
    const id = this.nextId();
    partitions[partition]!.set(id, { id, text, deliveries: 0 });
    for (const wake of [...this.waiting]) wake();
  }
}

/** A durable log in memory: for tests, and for applications that live in one process. */
export class MemoryDurableLog implements DurableLog {
  readonly dead: DeadLog;
  private readonly store: MemoryStore;
  private closed = false;
  private turn = 0;

  constructor(
    private readonly hub: MemoryLogHub,
    environment: string,
    private readonly clock: Clock,
    private readonly maxBacklog = Infinity,
  ) {
    this.store = hub.store(environment);
    this.dead = {
      list: async (count, after) => {
        const all = [...this.reach().dead.values()];
        const start =
          after === undefined ? 0 : all.findIndex(({ id }) => Number.parseInt(id) > Number.parseInt(after));
        return start < 0 ? [] : all.slice(start, start + count);
      },
      get: async (id) => this.reach().dead.get(id),
      replay: async (id) => this.replay(id),
      drop: async (id) => this.reach().dead.delete(id),
    };
  }

  async append({ topic, by, key, text }: LogEntry): Promise<readonly DurableGroup[]> {
    const store = this.reach();
    const found = store.listening.of({ topic, by });
    for (const group of found) {
      if (store.backlog(store.groups.get(groupName(group))!) >= this.maxBacklog) {
        throw new BacklogFull(group, this.maxBacklog);
      }
    }
    const partition = key === undefined ? this.turn++ % PARTITIONS : partitionOf(key);
    for (const group of found) store.put(store.groups.get(groupName(group))!, partition, text);
    return found;
  }

  async open(group: DurableGroup): Promise<GroupLog> {
    const store = this.reach();
    const name = groupName(group);
    if (!store.groups.has(name)) {
      store.groups.set(name, {
        group,
        partitions: Array.from({ length: PARTITIONS }, () => new Map<string, Kept>()),
        members: new Map(),
        owners: [],
      });
      store.changed();
    }
    return new MemoryGroupLog(store, name, this.clock, () => this.reach());
  }

  async groups(): Promise<readonly GroupView[]> {
    const store = this.reach();
    return [...store.groups.values()].map((one) => ({ ...one.group, backlog: store.backlog(one) }));
  }

  async forget(group: DurableGroup): Promise<number | undefined> {
    const store = this.reach();
    const found = store.groups.get(groupName(group));
    if (found === undefined) return undefined;
    store.groups.delete(groupName(group));
    store.changed();
    return store.backlog(found);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const wake of [...this.store.waiting]) wake();
  }

  private reach(): MemoryStore {
    if (this.closed || this.hub.away) throw new LogAway('the log is away', false);
    return this.store;
  }

  private replay(id: string): boolean {
    const store = this.reach();
    const letter = store.dead.get(id);
    const group = letter && store.groups.get(groupName(letter.group));
    if (letter === undefined || group === undefined) return false;
    store.dead.delete(id);
    store.put(group, letter.partition, letter.text);
    return true;
  }
}

class MemoryGroupLog implements GroupLog {
  /** Ends the reads that wait here. */
  private readonly reads = new Set<() => void>();

  constructor(
    private readonly store: MemoryStore,
    private readonly name: string,
    private readonly clock: Clock,
    private readonly reach: () => MemoryStore,
  ) {}

  async attend({ instance, lease, gone, give }: Attendance): Promise<Assignment> {
    const group = this.group();
    const { members, owners } = group;
    const now = this.clock.now();
    for (const id of gone) members.delete(id);
    for (const [id, end] of members) if (end <= now) members.delete(id);
    if (lease > 0) members.set(instance, now + lease);
    else members.delete(instance);
    for (const partition of give) if (owners[partition] === instance) owners[partition] = undefined;
    const share = Math.ceil(PARTITIONS / Math.max(1, members.size));
    const all = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    const mine = lease > 0 ? all.filter((partition) => owners[partition] === instance) : [];
    for (const partition of all) {
      const owner = owners[partition];
      if (lease === 0 || mine.length >= share || (owner !== undefined && members.has(owner))) continue;
      owners[partition] = instance;
      mine.push(partition);
    }
    return { partitions: mine, share, backlog: this.store.backlog(group) };
  }

  async read(
    _instance: string,
    partitions: readonly number[],
    count: number,
    wait: number,
  ): Promise<readonly Delivery[]> {
    const found = this.fresh(partitions, count);
    if (found.length > 0 || wait === 0) return found;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.store.waiting.delete(end);
        this.reads.delete(end);
        resolve();
      };
      const timer = this.clock.after(wait, end);
      this.store.waiting.add(end);
      this.reads.add(end);
    });
    return this.fresh(partitions, count);
  }

  wake(): void {
    for (const end of [...this.reads]) end();
  }

  async adopt(_instance: string, partition: number): Promise<readonly Delivery[]> {
    const kept = [...this.group().partitions[partition]!.values()];
    return kept.filter(({ deliveries }) => deliveries > 0).map((one) => ({ ...one, partition }));
  }

  async begin(_instance: string, { partition, id, deliveries }: Delivery): Promise<boolean> {
    const kept = this.group().partitions[partition]!.get(id);
    if (kept === undefined) return false;
    kept.deliveries = deliveries + 1;
    return true;
  }

  async settle({ partition, id, deliveries, text }: Delivery, failure?: Failure): Promise<void> {
    const group = this.reach().groups.get(this.name);
    if (group === undefined || !group.partitions[partition]!.delete(id) || failure === undefined) return;
    const letterId = this.store.nextId();
    const { group: of } = group;
    this.store.dead.set(letterId, {
      id: letterId,
      group: of,
      deliveries,
      original: id,
      partition,
      text,
      ...failure,
    });
  }

  private fresh(partitions: readonly number[], count: number): readonly Delivery[] {
    const group = this.group();
    return partitions.flatMap((partition) => {
      const unread = [...group.partitions[partition]!.values()].filter(({ deliveries }) => deliveries === 0);
      return unread.slice(0, count).map((kept): Delivery => {
        kept.deliveries = 1;
        return { partition, id: kept.id, text: kept.text, deliveries: 1 };
      });
    });
  }

  private group(): MemoryGroup {
    const group = this.reach().groups.get(this.name);
    if (group === undefined) throw new GroupLost(`the group ${this.name} is not there`);
    return group;
  }
}
