import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { MemoryRegistry, MemoryRegistryHub } from '../../nucleus/registry/memory-registry.js';
import type { RegistryListener } from '../../nucleus/registry/registry.js';
import type { FakeClock } from '../../lib/testing/fake-clock.js';
import type { HostClock } from './host-clock.js';

/** A record that is not renewed for this long is gone, ms. */
const LEASE = 3000;

/** What stands for Redis: with leases, and it may be away. */
export class SimHub extends MemoryRegistryHub {
  private away = false;
  private readonly putAt = new Map<string, number>();
  private waiting: (() => void)[] = [];

  constructor(
    private readonly world: FakeClock,
    private readonly lost: (instance: string) => void,
  ) {
    super();
  }

  override join(member: MemoryRegistry): void {
    if (this.away) this.waiting.push(() => super.join(member));
    else super.join(member);
  }

  override put(record: InstanceRecord): void {
    if (this.away) return;
    if (!this.putAt.has(record.id)) this.watch(record.id, LEASE);
    this.putAt.set(record.id, this.world.now());
    super.put(record);
  }

  override remove(instance: string): void {
    if (this.away) return;
    this.putAt.delete(instance);
    super.remove(instance);
  }

  /** Nothing is written, and nobody told, until `comeBack`. */
  goAway(): void {
    this.away = true;
  }

  comeBack(): void {
    this.away = false;
    const { waiting } = this;
    this.waiting = [];
    for (const join of waiting) join();
  }

  private watch(instance: string, ms: number): void {
    this.world.after(ms, () => {
      const putAt = this.putAt.get(instance);
      if (putAt === undefined) return;
      const left = putAt + LEASE - this.world.now();
      if (left > 0) this.watch(instance, left);
      // Away, it tells nobody; what is not renewed once it is back is lost then.
      else if (this.away) this.watch(instance, LEASE);
      else {
        this.putAt.delete(instance);
        this.lost(instance);
        this.expire(instance);
      }
    });
  }
}

/** One process's way to the hub. */
export class SimRegistry extends MemoryRegistry {
  constructor(
    hub: SimHub,
    environment: string,
    private readonly host: HostClock,
  ) {
    super(hub, environment, host);
  }

  override tell(about: InstanceRecord, what: (listener: RegistryListener) => void): void {
    this.host.run(() => super.tell(about, what));
  }
}
