import type { Delivery } from './delivery.js';

/** The version of the record's layout; a reader skips records of a version that it does not know. */
export const RECORD_VERSION = 1;

/** What one instance (one start of one application) says of itself. See `nucleus/PROTOCOL.md`. */
export interface InstanceRecord {
  readonly v: typeof RECORD_VERSION;
  /** 32 lower-case hex digits, random, new at every start. */
  readonly id: string;
  /** Counts the record's changes, from 1. The higher one wins wherever two meet. */
  readonly revision: number;
  /** `ATOM_ENV`; records of another environment are never seen. */
  readonly environment: string;
  /** Boot id and network namespace: loopback endpoints are for instances with the same host id only. */
  readonly host: string;
  /** Where it listens, `tcp://host:port`: requests and signals. */
  readonly endpoint: string;
  /** Where it listens, `tcp://host:port`: events. */
  readonly eventsEndpoint: string;
  readonly services: readonly ServiceRecord[];
  readonly subscriptions: readonly SubscriptionRecord[];
  /** True once the instance has begun to drain: send nothing new. */
  readonly draining?: boolean;
  /** Reserved until keys exist. */
  readonly publicKey?: string;
  readonly signature?: string;
}

/** One service of an instance. */
export interface ServiceRecord {
  /** `@namespace/name`. */
  readonly name: string;
  readonly version: string;
  readonly operations: readonly OperationRecord[];
  /** Labels and versions of the lexemes that it declares. */
  readonly lexemes: readonly { readonly label: string; readonly version: number }[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** One operation; it also answers to its method's name. */
export interface OperationRecord {
  readonly name: string;
  readonly method: string;
  /** Running it twice does no harm: callers may repeat what may have run. */
  readonly idempotent?: boolean;
}

/** One topic, or pattern, that a service of the instance listens to. */
export interface SubscriptionRecord {
  /** The listening service; empty for a client that serves nothing. */
  readonly service: string;
  /** The publishing service; absent: every publisher of the environment. */
  readonly from?: string;
  /** An exact topic or a pattern (`order.*`, `order.>`). */
  readonly topic: string;
  readonly delivery: Delivery;
  readonly durable?: boolean;
}
