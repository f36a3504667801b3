import type { DirectoryEntry } from '../directory.js';
import type { ServiceRecord } from '../instance-record.js';
import { evidenceInWords } from './health-words.js';
import type { InstanceHealth, InstanceServiceView, InstanceView, TrafficView } from './http-api.js';
import { isServiceName, MAX_SERVICES, plainText, versionText } from './plausible.js';
import { checkStats } from './stats-check.js';
import { type Traffic, trafficOf } from './traffic.js';

export interface HealthNow {
  readonly health: InstanceHealth;
  /** In words; empty for `alive`. */
  readonly reason: string;
}

/** What the model knows of one instance: its entry in the directory, what it told of itself, how it does. */
export class InstanceState {
  health: InstanceHealth = 'alive';
  reason = '';
  /** When it was lost, on the monotonic clock. */
  lostAt = 0;
  /** By name: those of its services that are shown. */
  services: ReadonlyMap<string, ServiceRecord>;
  private readonly traffic = new Map<string, Traffic>();
  /** What its answers to `$stats` say against it. */
  private sign = '';
  private lateInARow = 0;
  private cached: InstanceView | undefined;

  constructor(
    private current: DirectoryEntry,
    public since: number,
  ) {
    this.services = shown(current);
  }

  get entry(): DirectoryEntry {
    return this.current;
  }

  get id(): string {
    return this.current.record.id;
  }

  set entry(entry: DirectoryEntry) {
    if (entry.record !== this.current.record) {
      this.services = shown(entry);
      for (const name of this.traffic.keys()) if (!this.services.has(name)) this.traffic.delete(name);
    }
    this.current = entry;
    this.cached = undefined;
  }

  trafficOf(service: string): Traffic | undefined {
    return this.traffic.get(service);
  }

  /** Takes an answer to `$stats` in; false when it cannot be believed. */
  told(service: string, answer: unknown, now: number, ms: number): boolean {
    this.lateInARow = ms > LATE_MS ? this.lateInARow + 1 : 0;
    this.sign =
      this.lateInARow < LATE_IN_A_ROW ? '' : `it answers late: its statistics took ${Math.round(ms)} ms`;
    const stats = checkStats(answer);
    if (stats === undefined) return false;
    const traffic = trafficOf(stats, now, this.traffic.get(service));
    let others = 0;
    for (const [name, other] of this.traffic) if (name !== service) others += entriesOf(other);
    // Whoever tells more than a program can have is not let fill the page.
    if (others + entriesOf(traffic) > MAX_ENTRIES) return false;
    this.traffic.set(service, traffic);
    this.cached = undefined;
    return true;
  }

  /** It was asked for `$stats` and did not answer within `ms`. */
  silent(ms: number): void {
    this.sign = `it is slow to answer: its statistics did not come within ${ms} ms`;
  }

  /** How it does, by the directory and by its answers. */
  assess(): HealthNow {
    const { against, record } = this.current;
    const doubts = against.filter((kind) => kind !== 'draining');
    if (record.draining === true || doubts.length < against.length) {
      return { health: 'draining', reason: evidenceInWords(['draining', ...doubts]) };
    }
    const signs = [evidenceInWords(doubts), this.sign].filter((sign) => sign !== '');
    return signs.length === 0
      ? { health: 'alive', reason: '' }
      : { health: 'slow', reason: signs.join('; ') };
  }

  become({ health, reason }: HealthNow, since: number): void {
    if (health !== this.health) this.since = since;
    this.health = health;
    this.reason = reason;
    this.cached = undefined;
  }

  view(): InstanceView {
    if (this.cached !== undefined) return this.cached;
    const { record, sources } = this.current;
    const { health, reason, since } = this;
    this.cached = {
      id: record.id,
      endpoint: record.endpoint,
      eventsEndpoint: record.eventsEndpoint,
      host: plainText(record.host),
      revision: record.revision,
      health,
      reason,
      since,
      sources,
      services: [...this.services.values()].map((service) => this.serviceView(service)),
    };
    return this.cached;
  }

  private serviceView({ name, version }: ServiceRecord): InstanceServiceView {
    const view = { name, version: versionText(version) };
    const traffic = this.traffic.get(name);
    if (traffic === undefined) return view;
    const { operations, events } = traffic;
    return { ...view, operations: this.standing(operations), events: this.standing(events) };
  }

  /** Nothing flows any more where nobody is. */
  private standing(views: readonly TrafficView[]): readonly TrafficView[] {
    if (this.health !== 'lost') return views;
    return views.map((view) => ({ ...view, perSecond: 0, errorsPerSecond: 0, inFlight: 0 }));
  }
}

function shown({ record }: DirectoryEntry): ReadonlyMap<string, ServiceRecord> {
  const named = record.services.filter(({ name }) => isServiceName(name)).slice(0, MAX_SERVICES);
  return new Map(named.map((service) => [service.name, service]));
}

function entriesOf({ operations, events, flows }: Traffic): number {
  return operations.length + events.length + flows.length;
}

/** A client in the same room takes 1 ms; this is a program that is held up. */
const LATE_MS = 500;
/** Once may be the network, or the nucleus itself. */
const LATE_IN_A_ROW = 2;
/** Operations, subscriptions and their callers of one instance, over all its services. */
const MAX_ENTRIES = 5000;
