import type { EdgeView } from './http-api.js';
import type { ServiceRollup } from './service-rollup.js';

/** Joins what the services tell of one another into arrows; only those between services that are known. */
export class Edges {
  private readonly found = new Map<string, { view: Omit<EdgeView, 'names'>; names: Set<string> }>();

  constructor(private readonly isKnown: (service: string) => boolean) {}

  /** `isDeclared`: whether a listener named the service as the one that it listens to. */
  add(
    service: string,
    { flows, listeners }: ServiceRollup,
    isDeclared: (from: string, to: string, topic: string) => boolean,
  ): void {
    for (const { kind, from, name, count, perSecond } of flows)
      this.put(kind, from, service, name, count, perSecond);
    // Who listens to everybody would be an arrow from everybody: it counts from its first event on.
    for (const { to, topic } of listeners) {
      if (isDeclared(service, to, topic)) this.put('hears', service, to, topic, 0, 0);
    }
  }

  /** The busiest first, at most 5,000. */
  views(): readonly EdgeView[] {
    const views = [...this.found.values()].map(({ view, names }) => ({
      ...view,
      perSecond: Math.round(view.perSecond * 1000) / 1000,
      names: [...names].slice(0, MAX_EDGE_NAMES),
    }));
    return views.sort((a, b) => b.count - a.count).slice(0, MAX_EDGES);
  }

  private put(
    kind: EdgeView['kind'],
    from: string,
    to: string,
    name: string,
    count: number,
    perSecond: number,
  ): void {
    if ((from !== '' && !this.isKnown(from)) || (to !== '' && !this.isKnown(to))) return;
    const key = `${kind}\n${from}\n${to}`;
    const known = this.found.get(key);
    if (known === undefined) {
      this.found.set(key, { view: { kind, from, to, perSecond, count }, names: new Set([name]) });
      return;
    }
    known.names.add(name);
    known.view = {
      ...known.view,
      count: known.view.count + count,
      perSecond: known.view.perSecond + perSecond,
    };
  }
}

const MAX_EDGE_NAMES = 20;
const MAX_EDGES = 5000;
