import type { Clock, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import type { RegistryChange } from '../registry/redis-layout.js';
import type { Registry, RegistryListener } from '../registry/registry.js';
import type { EnvironmentStore } from './environment-store.js';

/** The registry that the nucleus serves, as its own directory uses it: without the way over a socket. */
export class StoreRegistry implements Registry {
  private readonly own = new Map<string, InstanceRecord>();
  private listener: RegistryListener | undefined;
  private unwatch: (() => void) | undefined;
  private timer: Timer | undefined;

  constructor(
    private readonly store: EnvironmentStore,
    private readonly clock: Clock,
    private readonly name: string,
  ) {}

  open(listener: RegistryListener): void {
    this.listener = listener;
    this.unwatch = this.store.watchOwned((change) => this.take(change));
    for (const record of this.own.values()) this.store.put(record);
    this.look();
  }

  put(record: InstanceRecord): void {
    this.own.set(record.id, record);
    if (this.listener !== undefined) this.store.put(record);
  }

  async remove(instance: string): Promise<void> {
    if (this.own.delete(instance)) this.store.depart(instance);
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.unwatch?.();
    this.timer?.cancel();
  }

  status(): SourceStatus {
    const backing = this.store.status();
    if (this.listener === undefined) return { name: 'registry', state: 'off', detail: this.name };
    if (backing === undefined) return { name: 'registry', state: 'up', detail: this.name };
    return { name: 'registry', state: backing.state, detail: backing.detail };
  }

  /** Renews what was put, and tells again what is there, as others do with a lease. */
  private look(): void {
    for (const record of this.own.values()) this.store.put(record);
    for (const record of [...this.store.owned()]) {
      if (!this.own.has(record.id)) this.listener?.found(record);
    }
    this.timer = this.clock.after(LOOK_MS, () => this.look());
  }

  private take(change: RegistryChange): void {
    const { listener } = this;
    if ('put' in change) {
      if (!this.own.has(change.put.id)) listener?.found(change.put);
    } else if ('gone' in change) listener?.left(change.gone);
    else listener?.lost(change.lost);
  }
}

const LOOK_MS = 3000;
