/*
 * What the nucleus tells over HTTP: the shapes that the daemon makes and that the dashboard and the command line
 * read. All times are milliseconds since the epoch on the nucleus's clock, all durations milliseconds.
 */

/**
 * `alive`: it answers. `slow`: it answers, but late, or one sign speaks against it. `draining`: it said that it is
 * leaving. `lost`: gone without a goodbye, by two signs; kept for a while so that one can see it.
 */
export type InstanceHealth = 'alive' | 'slow' | 'draining' | 'lost';

/** What one operation or one subscription does now: counted since the start, rates over the last interval. */
export interface TrafficView {
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly errorsPerSecond: number;
  readonly inFlight: number;
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
}

/** How the durable events of one topic, or pattern, of a service are doing. */
export interface DurableView {
  /** With the publisher behind it, where the service hears one only. */
  readonly topic: string;
  /** Events that are not handled yet. */
  readonly backlog: number;
  /** Those of them that an instance has read: being handled, waiting for their turn, or to be tried again. */
  readonly held: number;
  /** Those that no instance has read: `backlog` without `held`. */
  readonly undelivered: number;
  /** Those that wait to be tried again, and those of their keys behind them. */
  readonly retrying: number;
  /** Dead letters that the instances have made since they started. */
  readonly deadLettered: number;
}

export interface InstanceView {
  /** 32 hex digits. */
  readonly id: string;
  readonly endpoint: string;
  readonly eventsEndpoint: string;
  readonly host: string;
  readonly revision: number;
  readonly health: InstanceHealth;
  /** Why it is not `alive`, in words; empty when it is. */
  readonly reason: string;
  /** When its health last changed. */
  readonly since: number;
  /** Where it is known from: `registry`, `beacon`, `seed`, `peer`. */
  readonly sources: readonly string[];
  readonly services: readonly InstanceServiceView[];
}

export interface InstanceServiceView {
  readonly name: string;
  readonly version: string;
  /** Absent until the instance has told its stats. */
  readonly operations?: readonly TrafficView[];
  readonly events?: readonly TrafficView[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly versions: readonly string[];
  /** The best that one of its instances has. */
  readonly health: InstanceHealth;
  readonly instances: {
    readonly alive: number;
    readonly slow: number;
    readonly draining: number;
    readonly lost: number;
  };
  readonly operations: readonly string[];
  /** Topics and patterns that it listens to. */
  readonly topics: readonly string[];
  /** Over all instances: requests and events taken. */
  readonly perSecond: number;
  readonly errorsPerSecond: number;
  /** The mean of the medians, weighted by how often each ran. */
  readonly p50: number;
  /** The worst of all. */
  readonly p99: number;
  /** Of a service that listens durably. */
  readonly durable?: readonly DurableView[];
}

/**
 * One arrow of the topology, from real counts. An empty `from` or `to` stands for clients that serve nothing. A listener
 * that has heard nothing yet has an arrow (with `count` 0) from the service that it named as the publisher.
 */
export interface EdgeView {
  readonly kind: 'calls' | 'hears';
  /** The caller, or the publisher. */
  readonly from: string;
  /** The service called, or the listener. */
  readonly to: string;
  /** Operations called, or topics heard; at most 20. */
  readonly names: readonly string[];
  readonly perSecond: number;
  readonly count: number;
}

/** `GET /services`; also the event `mesh` of `GET /events`: at most twice a second, and only when something changed. */
export interface MeshView {
  readonly environment: string;
  readonly at: number;
  readonly services: readonly ServiceSummary[];
  readonly instances: readonly InstanceView[];
  readonly edges: readonly EdgeView[];
}

/** One entry of the list that `GET /history?since=<sequence>` gives, oldest first; also the event `change` of `GET /events`. */
export interface HistoryEntry {
  /** Counts up from 1 since the nucleus started. */
  readonly sequence: number;
  readonly at: number;
  readonly instance: string;
  readonly services: readonly string[];
  readonly type: 'joined' | 'updated' | 'health' | 'left' | 'lost';
  readonly health: InstanceHealth | 'gone';
  readonly reason: string;
}

/** `GET /instances/:id`: the instance with what it describes of itself (`$describe`), by service. */
export interface InstanceDetail extends InstanceView {
  readonly descriptions: Readonly<Record<string, ServiceDetail>>;
}

/** What `$describe` answers. */
export interface ServiceDetail {
  readonly name: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly operations: readonly {
    readonly name: string;
    readonly method: string;
    readonly accepts: string;
    readonly returns: string;
  }[];
  readonly events: readonly {
    readonly topic: string;
    readonly from?: string;
    readonly delivery: string;
    readonly durable?: true;
    readonly accepts: string;
  }[];
  readonly lexemes: Readonly<
    Record<
      string,
      { readonly label?: string; readonly version: number; readonly schema: Record<string, unknown> }
    >
  >;
}

/** `GET /health`: 200 while the daemon runs. `GET /ready`: 200 once every source has been tried, else 503. */
export interface DaemonHealth {
  readonly status: 'ok' | 'starting';
  readonly pid: number;
  readonly version: string;
  readonly environment: string;
  readonly startedAt: number;
  /** `redis` with its address, `own redis`, or `memory`: what the daemon chose. */
  readonly registry: string;
  readonly registryEndpoint: string;
  readonly sources: readonly { readonly name: string; readonly state: string; readonly detail: string }[];
  readonly instances: number;
}

/**
 * Body of `POST /request` and `POST /publish`, which need `Authorization: Bearer <token>` (the token's file is
 * readable by the local user only; the page that this user opens by `atom status`'s address gets it).
 */
export interface RequestBody {
  readonly service: string;
  readonly operation: string;
  readonly data?: unknown;
  readonly timeout?: number;
  /** One instance; default: any. */
  readonly instance?: string;
}

export interface PublishBody {
  readonly topic: string;
  readonly data?: unknown;
}

/**
 * Answer of both: 200 with `result`, or the error's status (400, 404, 429, 500, 503, 504) with `error`. The nucleus
 * itself refuses in the same shape, here and everywhere else: 401 for a missing or wrong token, 403 for a foreign host
 * or origin, 404, 413, 415.
 */
export type ActionAnswer =
  | { readonly ok: true; readonly result: unknown; readonly ms: number }
  | {
      readonly ok: false;
      readonly error: {
        readonly code: string;
        readonly outcome?: string;
        readonly message: string;
        readonly details?: unknown;
        /** What to do about it, where the nucleus itself refused. */
        readonly mend?: string;
      };
      readonly ms: number;
    };
