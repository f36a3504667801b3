import type { MeshView, TrafficView } from '../http-api.js';

/** Series of one metric at most; what goes beyond is added up under the instance `other`. */
export const MAX_SERIES = 1000;

/** What is told of one operation, or subscription, of one instance. */
export interface Series {
  readonly labels: readonly [service: string, name: string, instance: string];
  count: number;
  errors: number;
  inFlight: number;
  latency: { p50: number; p90: number; p99: number };
}

/** The first 1,000, and the rest of each operation under the instance `other`; latencies there are the worst. */
export function seriesOf({ instances }: MeshView, kind: 'operations' | 'events'): Iterable<Series> {
  const series: Series[] = [];
  const rest = new Map<string, Series>();
  for (const instance of instances) {
    if (instance.health === 'lost') continue;
    for (const service of instance.services) {
      for (const view of service[kind] ?? []) {
        if (series.length < MAX_SERIES)
          series.push(seriesOfView([service.name, view.name, instance.id], view));
        else addTo(rest, service.name, view);
      }
    }
  }
  return [...series, ...rest.values()];
}

function seriesOfView(labels: Series['labels'], { count, errors, inFlight, latency }: TrafficView): Series {
  const { p50, p90, p99 } = latency;
  return { labels, count, errors, inFlight, latency: { p50, p90, p99 } };
}

function addTo(rest: Map<string, Series>, service: string, view: TrafficView): void {
  const key = `${service}\n${view.name}`;
  const known = rest.get(key);
  if (known === undefined) {
    if (rest.size < MAX_SERIES) rest.set(key, seriesOfView([service, view.name, 'other'], view));
    return;
  }
  known.count += view.count;
  known.errors += view.errors;
  known.inFlight += view.inFlight;
  known.latency = {
    p50: Math.max(known.latency.p50, view.latency.p50),
    p90: Math.max(known.latency.p90, view.latency.p90),
    p99: Math.max(known.latency.p99, view.latency.p99),
  };
}
