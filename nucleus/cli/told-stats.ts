import type { ServiceStats } from '../../lib/application/builtin-operations.js';
import { isAmount, isTopic } from '../daemon/plausible.js';
import { checkStats, type Counters } from '../daemon/stats-check.js';
import { isObject } from '../record-check.js';

type Views = ServiceStats['operations'];

/** An answer to `$stats` as it came, without what cannot be true; undefined when it is none. */
export function toldStats(value: unknown): ServiceStats | undefined {
  const checked = checkStats(value);
  if (checked === undefined) return undefined;
  const { operations, events, listeners, durable } = value as ServiceStats;
  return {
    operations: believed(operations, checked.operations),
    events: believed(events, checked.events),
    listeners: Array.isArray(listeners) ? listeners.filter(isListener) : [],
    ...(isObject(durable) && { durable }),
  };
}

function believed(views: Views, checked: ReadonlyMap<string, Counters>): Views {
  return Object.fromEntries(
    [...checked].map(([name, { count, inFlight, latency }]) => {
      const { errors, callers, lost } = views[name]!;
      const view = { count, inFlight, errors: amounts(errors), latency, callers: amounts(callers) };
      return [name, isAmount(lost) ? { ...view, lost } : view];
    }),
  );
}

function amounts(value: unknown): Readonly<Record<string, number>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, amount]) => (isAmount(amount) ? [[name, amount]] : [])),
  );
}

function isListener(value: unknown): value is ServiceStats['listeners'][number] {
  return isObject(value) && typeof value.service === 'string' && isTopic(value.topic);
}
