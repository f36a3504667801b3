import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';

export interface RegistryListener {
  /** The record is in the registry: new, changed, or seen there again at a regular look. */
  found(record: InstanceRecord): void;
  /** The instance took its own record out. */
  left(instance: string): void;
  /** The record's lease ran out: no more than a hint. */
  lost(instance: string): void;
}

/**
 * A place where instances leave their records under a lease. No method throws or waits because the place is
 * away: it comes back by itself, and everything that is kept up is written again.
 */
export interface Registry {
  /** Begins to look and to tell. Own records are not told. */
  open(listener: RegistryListener): void;
  /** Keeps this record in the registry, until `remove` or `close`; a newer revision replaces it. */
  put(record: InstanceRecord): void;
  /** Takes the record out and tells the others, if the registry is there; resolves within 1 s either way. */
  remove(instance: string): Promise<void>;
  /** Ends connections and timers. Records that were put stay until their lease runs out. */
  close(): Promise<void>;
  status(): SourceStatus;
}

/** A registry that a nucleus keeps up on behalf of others. */
export interface RelayRegistry extends Registry {
  /** Keeps a record in the registry as `put` does; what its owner does there is still told. */
  relay(record: InstanceRecord): void;
  /** Keeps it up no longer: the lease runs out, if nobody else renews it. */
  unrelay(instance: string): void;
  /** The instance has said goodbye elsewhere: takes its record out and tells the others. */
  depart(instance: string): void;
  /**
   * Takes out a record that outlived its instance, unless it is there in a newer revision than `revision`. Others
   * are told that it is lost, which is a hint; an owner who lives after all writes it again.
   */
  evict(instance: string, revision: number): void;
}
