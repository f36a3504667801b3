import type { ServiceStats } from '../../lib/application/builtin-operations.js';
import type { OperationStatsView } from '../../lib/runtime/operation-stats.js';

/** What one instance of a service told, and when (ms, monotonic). */
export interface Sample {
  readonly at: number;
  readonly instance: string;
  readonly service: string;
  readonly stats: ServiceStats;
}

/** One operation, or one subscription, of a service over all its instances. */
export interface TrafficRow {
  readonly service: string;
  readonly kind: 'request' | 'event';
  /** Operation or topic. */
  readonly name: string;
  readonly instances: number;
  /** Since the instances started. */
  readonly count: number;
  readonly errors: number;
  /** Over the last interval. */
  readonly perSecond: number;
  readonly errorsPerSecond: number;
  readonly inFlight: number;
  /** Of the handlers since the instances started, ms; the slowest instance's. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Turns what instances tell, poll after poll, into rates. */
export class Traffic {
  private before = new Map<string, Sample>();

  /** The rows of this poll, by service and name. Rates are 0 for what was not there at the poll before. */
  next(samples: readonly Sample[]): TrafficRow[] {
    const rows = new Map<string, TrafficRow>();
    const now = new Map<string, Sample>();
    for (const sample of samples) {
      const key = `${sample.instance} ${sample.service}`;
      const before = this.before.get(key);
      now.set(key, sample);
      for (const kind of ['request', 'event'] as const) {
        for (const [name, view] of Object.entries(statsOf(sample, kind))) {
          const last = before === undefined ? undefined : statsOf(before, kind)[name];
          const seconds = before === undefined ? 0 : (sample.at - before.at) / 1000;
          const id = `${sample.service} ${kind} ${name}`;
          rows.set(id, joined(rows.get(id), rowOf(sample.service, kind, name, view, last, seconds)));
        }
      }
    }
    this.before = now;
    return [...rows.values()].sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name));
  }
}

function statsOf({ stats }: Sample, kind: TrafficRow['kind']): Readonly<Record<string, OperationStatsView>> {
  return kind === 'request' ? stats.operations : stats.events;
}

function rowOf(
  service: string,
  kind: TrafficRow['kind'],
  name: string,
  view: OperationStatsView,
  last: OperationStatsView | undefined,
  seconds: number,
): TrafficRow {
  const errors = errorsOf(view);
  const rate = (now: number, then: number): number => (seconds > 0 ? Math.max(0, now - then) / seconds : 0);
  return {
    service,
    kind,
    name,
    instances: 1,
    count: view.count,
    errors,
    perSecond: last === undefined ? 0 : rate(view.count, last.count),
    errorsPerSecond: last === undefined ? 0 : rate(errors, errorsOf(last)),
    inFlight: view.inFlight,
    p50: view.latency.p50,
    p99: view.latency.p99,
    max: view.latency.max,
  };
}

function joined(a: TrafficRow | undefined, b: TrafficRow): TrafficRow {
  if (a === undefined) return b;
  return {
    ...a,
    instances: a.instances + b.instances,
    count: a.count + b.count,
    errors: a.errors + b.errors,
    perSecond: a.perSecond + b.perSecond,
    errorsPerSecond: a.errorsPerSecond + b.errorsPerSecond,
    inFlight: a.inFlight + b.inFlight,
    p50: Math.max(a.p50, b.p50),
    p99: Math.max(a.p99, b.p99),
    max: Math.max(a.max, b.max),
  };
}

function errorsOf({ errors }: OperationStatsView): number {
  return Object.values(errors).reduce((sum, count) => sum + count, 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
