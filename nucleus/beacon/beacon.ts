import type { SourceStatus } from '../discovery.js';

/**
 * What one datagram says. `here`: I am here; `query`: I am here, and who else is? `goodbye`: I am leaving.
 * All of it is a hint, and anybody on the network can forge it.
 */
export interface BeaconMessage {
  readonly kind: 'here' | 'query' | 'goodbye';
  readonly environment: string;
  /** Host id of the sender. */
  readonly host: string;
  /** Id of the sender. */
  readonly instance: string;
  /** Revision of the sender's record; 0 for one who has none (it only asks). */
  readonly revision: number;
  /** Where the sender answers, `tcp://host:port`; empty with revision 0. */
  readonly endpoint: string;
  /** The period, in ms, in which the sender means to speak. */
  readonly every: number;
  /** Names of the sender's services: all of them, or as many as fit. */
  readonly services: readonly string[];
  /** Id of the nucleus that says this on the sender's behalf, because it is in touch with it; absent: the sender itself. */
  readonly relayedBy?: string;
}

export interface BeaconListener {
  /** A datagram came in, one's own perhaps too. */
  heard(message: BeaconMessage): void;
  /** The network has become usable, at first or again. */
  up(): void;
}

/**
 * A way to shout a small message to everybody near, without any promise of delivery. No method throws because
 * the network is away: it comes back by itself.
 */
export interface Beacon {
  open(listener: BeaconListener): void;
  send(message: BeaconMessage): void;
  close(): Promise<void>;
  status(): SourceStatus;
}
