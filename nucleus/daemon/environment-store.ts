import type { Clock, Timer } from '../clock.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import { LEASE_MS, type RegistryChange } from '../registry/redis-layout.js';
import type { RelayRegistry } from '../registry/registry.js';
import { Tombstones } from '../tombstones.js';

export interface EnvironmentStoreParts {
  readonly clock: Clock;
  /** Where it is kept besides. None: in memory only. */
  readonly backing?: RelayRegistry | undefined;
  /** Asks the instance itself: `answered`; `silent`; or it cannot be asked from here. */
  readonly ask: (record: InstanceRecord) => Promise<'answered' | 'silent' | 'unknown'>;
}

/** Whose word a record stands on. It is served while it stands on any. */
interface Held {
  record: InstanceRecord;
  readonly bytes: number;
  /** Its owner's, given here, until then. */
  leaseUntil: number;
  /** Its owner's, or another nucleus's, in the backing registry. */
  backed: boolean;
  /** This nucleus's own: it is in touch with the instance. */
  relayed: boolean;
}

/**
 * The records of one environment, as the nucleus serves them. What owners give here is kept in the backing
 * registry too. What is found there was perhaps left by the dead: it is served once its instance has
 * answered, or once it has outlived a whole lease, which only a renewal explains.
 */
export class EnvironmentStore {
  private readonly held = new Map<string, Held>();
  private readonly tombstones: Tombstones;
  /** Found in the backing registry, not served yet, with the time when it was first seen. */
  private readonly candidates = new Map<string, { record: InstanceRecord; since: number; asked: boolean }>();
  private readonly watchers = new Set<(change: RegistryChange) => void>();
  private readonly owners = new Set<(change: RegistryChange) => void>();
  private bytes = 0;
  private timer: Timer | undefined;
  private lastSweep = 0;

  constructor(private readonly parts: EnvironmentStoreParts) {
    this.tombstones = new Tombstones(parts.clock);
  }

  open(): void {
    this.parts.backing?.open({
      found: (record) => this.foundInBacking(record),
      left: (instance) => this.bury(instance),
      lost: (instance) => this.lostInBacking(instance),
    });
    this.sweepLater();
  }

  async close(): Promise<void> {
    this.timer?.cancel();
    this.watchers.clear();
    this.owners.clear();
    await this.parts.backing?.close();
  }

  /** How the backing registry is doing; undefined without one. */
  status(): SourceStatus | undefined {
    return this.parts.backing?.status();
  }

  /** Nobody watches it, and it speaks for nobody: what is left in it is found in the backing registry again. */
  get isIdle(): boolean {
    if (this.watchers.size > 0 || this.owners.size > 0) return false;
    for (const { leaseUntil, relayed } of this.held.values()) if (leaseUntil > 0 || relayed) return false;
    return true;
  }

  /** What is served. The iterator goes on while records come and go. */
  *records(): IterableIterator<InstanceRecord> {
    for (const { record } of this.held.values()) yield record;
  }

  /** What is here on the word of the instances themselves: all but what is only relayed. */
  *owned(): IterableIterator<InstanceRecord> {
    for (const held of this.held.values()) if (isOwned(held)) yield held.record;
  }

  /** Tells every change of what is served. */
  watch(listener: (change: RegistryChange) => void): () => void {
    this.watchers.add(listener);
    return () => void this.watchers.delete(listener);
  }

  /** Tells every change of what is `owned`. */
  watchOwned(listener: (change: RegistryChange) => void): () => void {
    this.owners.add(listener);
    return () => void this.owners.delete(listener);
  }

  /** The owner gives its record, or renews it. False: refused, because it said goodbye or there is no room. */
  put(record: InstanceRecord): boolean {
    return this.hold(record, (held) => (held.leaseUntil = this.parts.clock.now() + LEASE_MS));
  }

  /** This nucleus is in touch with the instance, and speaks for it until `unrelay`. */
  relay(record: InstanceRecord): void {
    const held = this.held.get(record.id);
    if (held?.relayed === true && held.record.revision >= record.revision) return;
    this.hold(record, (held) => (held.relayed = true));
  }

  unrelay(instance: string): void {
    const held = this.held.get(instance);
    if (held?.relayed === true) this.release(held, () => (held.relayed = false));
  }

  /** The instance said goodbye: its record goes, and does not come back. */
  depart(instance: string): void {
    if (this.tombstones.has(instance)) return;
    this.bury(instance);
    this.parts.backing?.depart(instance);
  }

  /** The instance is dead: its record goes, unless it is a newer one. A renewal brings it back. */
  evict(instance: string, revision: number): void {
    this.parts.backing?.evict(instance, revision);
    const held = this.held.get(instance);
    if (held === undefined || held.record.revision > revision) return;
    this.release(held, () => {
      held.leaseUntil = 0;
      held.backed = held.relayed = false;
    });
  }

  private hold(record: InstanceRecord, on: (held: Held) => void): boolean {
    if (this.tombstones.has(record.id)) return false;
    let held = this.held.get(record.id);
    const newer = held === undefined || record.revision > held.record.revision;
    if (held === undefined || newer) {
      const bytes = newer ? JSON.stringify(record).length : 0;
      const room = this.bytes - (held?.bytes ?? 0) + bytes <= MAX_BYTES;
      if (!room || (held === undefined && this.held.size >= MAX_RECORDS)) return false;
      this.bytes += bytes - (held?.bytes ?? 0);
      const fresh: Held = {
        ...(held ?? { leaseUntil: 0, backed: false, relayed: false }),
        record,
        bytes,
      };
      this.held.set(record.id, fresh);
      held = fresh;
    }
    const wasOwned = isOwned(held);
    on(held);
    this.candidates.delete(record.id);
    if (newer) tell(this.watchers, { put: held.record });
    if (isOwned(held) && (newer || !wasOwned)) tell(this.owners, { put: held.record });
    this.keepUp(held, newer);
    return true;
  }

  private release(held: Held, off: () => void): void {
    const { record } = held;
    const wasOwned = isOwned(held);
    off();
    const served = isOwned(held) || held.relayed;
    if (!served) this.forget(record.id);
    this.keepUp(held, false);
    if (wasOwned && !isOwned(held)) tell(this.owners, { lost: record.id });
    if (!served) tell(this.watchers, { lost: record.id });
  }

  /** The backing registry holds what stands on a word given here, unless somebody else keeps it up there. */
  private keepUp(held: Held, changed: boolean): void {
    const { backing } = this.parts;
    if (backing === undefined) return;
    const { record } = held;
    const wanted = (held.leaseUntil > 0 || held.relayed) && !held.backed;
    if (!wanted) {
      if (this.kept.delete(record.id)) backing.unrelay(record.id);
    } else if (changed || !this.kept.has(record.id)) {
      this.kept.add(record.id);
      backing.relay(record);
    }
  }

  private readonly kept = new Set<string>();

  private bury(instance: string): void {
    if (this.tombstones.has(instance)) return;
    this.tombstones.add(instance);
    this.forget(instance);
    if (this.kept.delete(instance)) this.parts.backing?.unrelay(instance);
    tell(this.owners, { gone: instance });
    tell(this.watchers, { gone: instance });
  }

  private forget(instance: string): void {
    this.bytes -= this.held.get(instance)?.bytes ?? 0;
    this.held.delete(instance);
    this.candidates.delete(instance);
  }

  private foundInBacking(record: InstanceRecord): void {
    const { clock } = this.parts;
    const held = this.held.get(record.id);
    if (held !== undefined) {
      // Of what is kept up from here, only a newer revision is another's word.
      if (!this.kept.has(record.id) || record.revision > held.record.revision) this.back(record);
      return;
    }
    const candidate = this.candidates.get(record.id) ?? { record, since: clock.now(), asked: false };
    candidate.record = record;
    if (clock.now() - candidate.since > LEASE_MS) return this.back(record);
    if (this.candidates.size < MAX_RECORDS) this.candidates.set(record.id, candidate);
    if (candidate.asked) return;
    candidate.asked = true;
    void this.parts.ask(record).then((answer) => {
      candidate.asked = false;
      if (answer === 'answered' && this.candidates.has(record.id)) this.back(candidate.record);
    });
  }

  private back(record: InstanceRecord): void {
    this.hold(record, (held) => (held.backed = true));
  }

  private lostInBacking(instance: string): void {
    this.candidates.delete(instance);
    const held = this.held.get(instance);
    if (held?.backed === true) this.release(held, () => (held.backed = false));
  }

  private sweepLater(): void {
    this.lastSweep = this.parts.clock.now();
    this.timer = this.parts.clock.after(SWEEP_MS, () => {
      this.sweep();
      this.sweepLater();
    });
  }

  private sweep(): void {
    const now = this.parts.clock.now();
    const late = now - this.lastSweep - SWEEP_MS;
    for (const held of this.held.values()) {
      if (held.leaseUntil === 0) continue;
      // Whoever was frozen has heard no renewal: that is nobody's silence.
      if (late > SWEEP_MS) held.leaseUntil += late;
      if (held.leaseUntil < now) this.release(held, () => (held.leaseUntil = 0));
    }
  }
}

function isOwned(held: Held): boolean {
  return held.leaseUntil > 0 || held.backed;
}

function tell(listeners: ReadonlySet<(change: RegistryChange) => void>, change: RegistryChange): void {
  for (const listener of listeners) listener(change);
}

const SWEEP_MS = 500;
/** Far above what one mesh holds: a client that makes up instances must not fill the memory. */
const MAX_RECORDS = 20_000;
const MAX_BYTES = 128 * 1024 * 1024;
