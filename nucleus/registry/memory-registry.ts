import type { Clock, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import type { Registry, RegistryListener } from './registry.js';

/** What the memory registries of one process share: the stand-in for Redis. */
export class MemoryRegistryHub {
  private readonly records = new Map<string, InstanceRecord>();
  private readonly members = new Set<MemoryRegistry>();

  /** Lets the lease of an instance run out, as when its process was killed. */
  expire(instance: string): void {
    this.take(instance, (listener) => listener.lost(instance));
  }

  join(member: MemoryRegistry): void {
    this.members.add(member);
    for (const record of this.records.values()) member.tell(record, (listener) => listener.found(record));
  }

  leave(member: MemoryRegistry): void {
    this.members.delete(member);
  }

  put(record: InstanceRecord): void {
    const present = this.records.get(record.id);
    if (present !== undefined && present.revision > record.revision) return;
    this.records.set(record.id, record);
    for (const member of this.members) member.tell(record, (listener) => listener.found(record));
  }

  remove(instance: string): void {
    this.take(instance, (listener) => listener.left(instance));
  }

  private take(instance: string, tell: (listener: RegistryListener) => void): void {
    const record = this.records.get(instance);
    if (record === undefined) return;
    this.records.delete(instance);
    for (const member of this.members) member.tell(record, tell);
  }
}

/** How often a record is put again, ms: who had given its instance up hears that it lives. */
const RENEWAL = 1000;

/**
 * A registry within one process, for tests and for applications that live in one process only. With a clock it
 * renews what was put, as the lease of a record in Redis is.
 */
export class MemoryRegistry implements Registry {
  private readonly own = new Map<string, InstanceRecord>();
  /** Ids that were ever put here: nothing is told about them. */
  private readonly mine = new Set<string>();
  private listener: RegistryListener | undefined;
  private renewal: Timer | undefined;

  constructor(
    private readonly hub: MemoryRegistryHub,
    private readonly environment: string,
    private readonly clock?: Clock,
  ) {}

  open(listener: RegistryListener): void {
    this.listener = listener;
    this.hub.join(this);
    this.renew();
  }

  put(record: InstanceRecord): void {
    this.own.set(record.id, record);
    this.mine.add(record.id);
    if (this.listener !== undefined) this.hub.put(record);
  }

  async remove(instance: string): Promise<void> {
    if (this.own.delete(instance)) this.hub.remove(instance);
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.renewal?.cancel();
    this.hub.leave(this);
  }

  status(): SourceStatus {
    return { name: 'memory', state: this.listener ? 'up' : 'off', detail: 'within this process' };
  }

  private readonly renew = (): void => {
    for (const record of this.own.values()) this.hub.put(record);
    this.renewal = this.clock?.after(RENEWAL, this.renew);
  };

  /** For the hub: like a network, it never calls back within the call that caused it. */
  tell(about: InstanceRecord, what: (listener: RegistryListener) => void): void {
    if (about.environment !== this.environment || this.mine.has(about.id)) return;
    queueMicrotask(() => {
      if (this.listener !== undefined) what(this.listener);
    });
  }
}
