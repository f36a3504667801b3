import type { Directory } from './directory.js';
import type { InstanceRecord } from './instance-record.js';

/** Asks an endpoint who listens there (HELLO answered by INFO). `lib` implements it over its transport. */
export interface InstanceProbe {
  /** Resolves to the record of whoever listens on `endpoint`; rejects when nobody answers within `timeout` ms. */
  probe(endpoint: string, timeout: number): Promise<InstanceRecord>;
}

/** How one source is doing, for `app.status()`. */
export interface SourceStatus {
  /** Such as `redis`, `multicast`, `seeds`, `memory`. */
  readonly name: string;
  readonly state: 'connecting' | 'up' | 'down' | 'off';
  /** Where, and the last error if it is down; never a password. */
  readonly detail: string;
}

/** What lib needs of discovery. One per application. */
export interface Discovery {
  readonly directory: Directory;
  /** Opens every source. Never waits for one and never throws because one is away. */
  start(probe: InstanceProbe): void;
  /** Makes the record known, or its next revision; kept up until `withdraw`. Never waits. */
  announce(record: InstanceRecord): void;
  /** Says goodbye through every source that is up; waits at most a second. */
  withdraw(): Promise<void>;
  /** Ends everything: sockets, timers, connections. Leaves no handle open. */
  close(): Promise<void>;
  status(): readonly SourceStatus[];
}
