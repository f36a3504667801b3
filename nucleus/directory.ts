import type { InstanceRecord } from './instance-record.js';

/** Where the directory heard of an instance. `peer`: from the instance itself, by HELLO and INFO. */
export type Source = 'registry' | 'beacon' | 'seed' | 'peer';

/**
 * What somebody noticed about an instance.
 * `connected`/`answered`: it is there. `disconnected`, `refused` (connection refused), `unanswered` (PING),
 * `goodbye` (said so itself: final) and `draining` come from those who talk to it.
 * `lease-lost` and `beacon-silent` come from the sources.
 */
export type EvidenceKind =
  | 'connected'
  | 'answered'
  | 'disconnected'
  | 'refused'
  | 'unanswered'
  | 'draining'
  | 'goodbye'
  | 'lease-lost'
  | 'beacon-silent';

/** `routable`: send to it. `unroutable`: one signal speaks against it; known, but nothing new is sent. */
export type InstanceState = 'routable' | 'unroutable';

export interface DirectoryEntry {
  readonly record: InstanceRecord;
  readonly state: InstanceState;
  /** What speaks against it now, newest last; empty when routable. */
  readonly against: readonly EvidenceKind[];
  readonly sources: readonly Source[];
}

export interface DirectoryChange {
  /** `updated`: a newer revision of the record. `state`: routable or not. */
  readonly type: 'added' | 'updated' | 'state' | 'removed';
  readonly entry: DirectoryEntry;
  /** Words for the log. */
  readonly reason: string;
}

/** The live view of one environment, merged from every source by (instance, revision). */
export interface Directory {
  /** Every known instance, own one excluded. Stable between changes: do not mutate. */
  list(): readonly DirectoryEntry[];
  get(instance: string): DirectoryEntry | undefined;
  /** True when the instance has said goodbye: nothing brings it back. */
  saidGoodbye(instance: string): boolean;
  /** Merges a record that a source gave; returns false when it was refused (wrong environment or version, goodbye said, older revision). */
  offer(record: InstanceRecord, source: Source): boolean;
  /** Tells what was noticed about an instance. */
  observe(instance: string, evidence: EvidenceKind): void;
  /** Calls `listener` after each change, synchronously; returns the function that ends it. */
  subscribe(listener: (change: DirectoryChange) => void): () => void;
}
