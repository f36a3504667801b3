import { isInstanceId, isObject } from '../record-check.js';
import { checkDurable, type DurableGroups } from './durable-groups.js';
import { isAmount, isOperationName, isServiceName, isTopic, MAX_NAMES } from './plausible.js';

/** What one operation or subscription has done since its instance started. */
export interface Counters {
  readonly count: number;
  readonly errors: number;
  readonly inFlight: number;
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Count by calling (or publishing) service; `''` for everybody else. */
  readonly callers: ReadonlyMap<string, number>;
}

/** Who listens to what a service publishes. */
export interface Listener {
  /** A service; `''` for a client that serves nothing. */
  readonly service: string;
  readonly topic: string;
}

/** What `$stats` answers, as far as it can be believed. */
export interface CheckedStats {
  readonly operations: ReadonlyMap<string, Counters>;
  readonly events: ReadonlyMap<string, Counters>;
  readonly listeners: readonly Listener[];
  readonly durable: DurableGroups;
}

/**
 * Reads an answer to `$stats`: undefined when it is not one. Entries that cannot be true are left out, and of too many
 * the rest: 200 operations, 200 subscriptions, 100 callers each, 1,000 listeners.
 */
export function checkStats(value: unknown): CheckedStats | undefined {
  if (!isObject(value) || !isObject(value.operations) || !isObject(value.events)) return undefined;
  return {
    operations: countersOf(value.operations, isOperationName),
    events: countersOf(value.events, isTopic),
    listeners: listenersOf(value.listeners),
    durable: checkDurable(value.durable),
  };
}

function countersOf(
  given: Readonly<Record<string, unknown>>,
  isName: (name: string) => boolean,
): ReadonlyMap<string, Counters> {
  const found = new Map<string, Counters>();
  for (const name in given) {
    if (found.size >= MAX_NAMES) break;
    const counters = isName(name) ? checkCounters(given[name]) : undefined;
    if (counters !== undefined) found.set(name, counters);
  }
  return found;
}

function checkCounters(value: unknown): Counters | undefined {
  if (!isObject(value) || !isObject(value.latency)) return undefined;
  const { count, inFlight } = value;
  const { p50, p90, p99, max } = value.latency;
  if (!isAmount(count) || !isAmount(inFlight)) return undefined;
  if (!isAmount(p50) || !isAmount(p90) || !isAmount(p99) || !isAmount(max)) return undefined;
  const latency = { p50, p90, p99, max };
  return { count, inFlight, errors: sumOf(value.errors), latency, callers: callersOf(value.callers) };
}

function sumOf(errors: unknown): number {
  if (!isObject(errors)) return 0;
  let sum = 0;
  for (const code in errors) if (isAmount(errors[code])) sum += errors[code];
  return isAmount(sum) ? sum : 0;
}

function callersOf(value: unknown): ReadonlyMap<string, number> {
  const callers = new Map<string, number>();
  if (!isObject(value)) return callers;
  let rest = MAX_CALLERS;
  for (const caller in value) {
    if (rest-- === 0) break;
    const count = value[caller];
    if (!isAmount(count)) continue;
    const name = isServiceName(caller) ? caller : '';
    callers.set(name, (callers.get(name) ?? 0) + count);
  }
  return callers;
}

function listenersOf(value: unknown): readonly Listener[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_LISTENERS).flatMap((item: unknown) => {
    if (!isObject(item) || !isTopic(item.topic)) return [];
    if (isServiceName(item.service)) return [{ service: item.service, topic: item.topic }];
    return isInstanceId(item.service) || item.service === '' ? [{ service: '', topic: item.topic }] : [];
  });
}

/** An instance tells of 100 callers, and of the rest as one. */
const MAX_CALLERS = 101;
const MAX_LISTENERS = 1000;
