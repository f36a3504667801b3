import type { SourceStatus } from '../../nucleus/discovery.js';
import type { ServiceView } from '../client/service-view.js';
import type { DurableStats } from '../durable/consumer-host.js';
import type { LaggingFeed } from '../delivery/feed.js';
import type { PeerView } from '../delivery/peer-view.js';
import type { SlowSubscriber } from '../runtime/slow-subscribers.js';

/** Where an application is in its life. */
export type ApplicationState = 'created' | 'starting' | 'listening' | 'draining' | 'closed';

/** What `app.status()` tells. */
export interface ApplicationStatus {
  readonly state: ApplicationState;
  readonly instance: string;
  readonly environment: string;
  /** Empty before `listen`. */
  readonly endpoint: string;
  readonly eventsEndpoint: string;
  readonly services: readonly string[];
  /** Requests and signals being handled. */
  readonly inFlight: number;
  /** Services that somebody waits for. */
  readonly waitingFor: readonly string[];
  /** Discovery's sources. */
  readonly sources: readonly SourceStatus[];
  /** What is known of others. */
  readonly known: readonly ServiceView[];
  /** Instances as targets of this process's calls. */
  readonly peers: readonly PeerView[];
  readonly events: {
    /** Live events that this process received, and that it saw to be missing. */
    readonly received: number;
    readonly lost: number;
    /** Publishers whose events wait for this process for a second or more. */
    readonly behind: readonly LaggingFeed[];
    /** Subscribers for which events of this process were dropped in the last ten seconds. */
    readonly slow: readonly SlowSubscriber[];
  };
  /** Services that listen durably: how each of their groups is doing, by topic or pattern. */
  readonly durable: Readonly<Record<string, Readonly<Record<string, DurableStats>>>>;
  /** Malformed messages that were dropped. */
  readonly malformed: number;
}
