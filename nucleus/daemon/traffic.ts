import type { TrafficView } from './http-api.js';
import type { CheckedStats, Counters, Listener } from './stats-check.js';

/** What one service called, or published to, another on one instance. */
export interface Flow {
  readonly kind: 'calls' | 'hears';
  /** The caller, or the publisher; empty for clients. */
  readonly from: string;
  /** Operation or topic. */
  readonly name: string;
  readonly count: number;
  readonly perSecond: number;
}

/** What one service does on one instance, by its last two answers to `$stats`. */
export interface Traffic {
  /** When it answered, on the monotonic clock. */
  readonly at: number;
  readonly stats: CheckedStats;
  readonly operations: readonly TrafficView[];
  readonly events: readonly TrafficView[];
  readonly flows: readonly Flow[];
  readonly listeners: readonly Listener[];
}

/**
 * Makes rates of two answers; without one before, they are 0. A counter that fell was begun anew, which says
 * nothing about the time between.
 */
export function trafficOf(stats: CheckedStats, at: number, before: Traffic | undefined): Traffic {
  const seconds = before === undefined ? 0 : (at - before.at) / 1000;
  const flows: Flow[] = [];
  const views = (
    kind: Flow['kind'],
    now: ReadonlyMap<string, Counters>,
    then: ReadonlyMap<string, Counters> | undefined,
  ): TrafficView[] => {
    const list: TrafficView[] = [];
    for (const [name, counters] of now) {
      const last = then?.get(name);
      // Begun anew, all of it.
      const base = last !== undefined && last.count <= counters.count ? last : undefined;
      list.push(viewOf(name, counters, base, seconds));
      for (const [from, count] of counters.callers) {
        if (count === 0) continue;
        flows.push({
          kind,
          from,
          name,
          count,
          perSecond: rate(count, base?.callers.get(from), base, seconds),
        });
      }
    }
    return list;
  };
  return {
    at,
    stats,
    operations: views('calls', stats.operations, before?.stats.operations),
    events: views('hears', stats.events, before?.stats.events),
    flows,
    listeners: stats.listeners,
  };
}

function viewOf(name: string, now: Counters, then: Counters | undefined, seconds: number): TrafficView {
  const { p50, p90, p99, max } = now.latency;
  return {
    name,
    count: now.count,
    errors: now.errors,
    perSecond: rate(now.count, then?.count, then, seconds),
    errorsPerSecond: rate(now.errors, then?.errors, then, seconds),
    inFlight: now.inFlight,
    latency: { p50: thousandths(p50), p90: thousandths(p90), p99: thousandths(p99), max: thousandths(max) },
  };
}

/** Per second, from `then` (0 where the counter is new since the answer before) to `now`. */
function rate(now: number, then = 0, before: Counters | undefined, seconds: number): number {
  if (before === undefined || seconds <= 0 || now < then) return 0;
  return thousandths((now - then) / seconds);
}

/** Shorter to print, and as true as what was measured. */
function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
