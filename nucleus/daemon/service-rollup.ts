import { type DurableGroups, sumDurable } from './durable-groups.js';
import type { InstanceHealth, ServiceSummary } from './http-api.js';
import type { InstanceState } from './instance-state.js';
import { isOperationName, isTopic, MAX_NAMES, versionText } from './plausible.js';
import type { Flow, Traffic } from './traffic.js';

/** What all instances of a service come to: its summary, and its ends of the arrows. */
export interface ServiceRollup {
  readonly summary: ServiceSummary;
  /** What it is called, and hears, by whom. */
  readonly flows: readonly Flow[];
  /** Who said that it listens to the service: `listener` and topic. */
  readonly listeners: readonly { readonly to: string; readonly topic: string }[];
}

/** The best that an instance of the service is: one that answers is enough for a request. */
const BEST_FIRST: readonly InstanceHealth[] = ['alive', 'slow', 'draining', 'lost'];

export function rollUp(name: string, members: Iterable<InstanceState>): ServiceRollup {
  const instances = { alive: 0, slow: 0, draining: 0, lost: 0 };
  const versions = new Set<string>();
  const operations = new Set<string>();
  const topics = new Set<string>();
  const sum = new Sum();
  for (const member of members) {
    instances[member.health]++;
    const record = member.services.get(name);
    if (record === undefined) continue;
    versions.add(versionText(record.version));
    for (const operation of record.operations)
      if (isOperationName(operation.name)) operations.add(operation.name);
    for (const { service, topic } of member.entry.record.subscriptions) {
      if (service === name && isTopic(topic)) topics.add(topic);
    }
    const traffic = member.trafficOf(name);
    if (traffic !== undefined && member.health !== 'lost') sum.add(traffic);
  }
  return {
    summary: {
      name,
      versions: some(versions),
      health: BEST_FIRST.find((health) => instances[health] > 0) ?? 'lost',
      instances,
      operations: some(operations),
      topics: some(topics),
      ...sum.totals(),
    },
    flows: [...sum.flows.values()],
    listeners: [...sum.listeners.values()],
  };
}

/** Adds up what instances told. */
class Sum {
  readonly flows = new Map<string, { -readonly [Key in keyof Flow]: Flow[Key] }>();
  readonly listeners = new Map<string, { to: string; topic: string }>();
  private perSecond = 0;
  private errorsPerSecond = 0;
  private count = 0;
  private weighted = 0;
  private p99 = 0;
  private readonly durable: DurableGroups[] = [];

  add({ operations, events, flows, listeners, stats }: Traffic): void {
    if (stats.durable.size > 0) this.durable.push(stats.durable);
    for (const list of [operations, events]) {
      for (const view of list) {
        this.perSecond += view.perSecond;
        this.errorsPerSecond += view.errorsPerSecond;
        this.count += view.count;
        this.weighted += view.latency.p50 * view.count;
        this.p99 = Math.max(this.p99, view.latency.p99);
      }
    }
    for (const flow of flows) {
      const key = `${flow.kind}\n${flow.from}\n${flow.name}`;
      const known = this.flows.get(key);
      if (known === undefined) this.flows.set(key, { ...flow });
      else {
        known.count += flow.count;
        known.perSecond += flow.perSecond;
      }
    }
    for (const { service, topic } of listeners) {
      const key = `${service}\n${topic}`;
      if (!this.listeners.has(key)) this.listeners.set(key, { to: service, topic });
    }
  }

  totals(): Pick<ServiceSummary, 'perSecond' | 'errorsPerSecond' | 'p50' | 'p99' | 'durable'> {
    return {
      perSecond: rounded(this.perSecond),
      errorsPerSecond: rounded(this.errorsPerSecond),
      p50: this.count === 0 ? 0 : rounded(this.weighted / this.count),
      p99: this.p99,
      ...(this.durable.length === 0 ? {} : { durable: sumDurable(this.durable) }),
    };
  }
}

function some(names: ReadonlySet<string>): readonly string[] {
  return [...names].sort().slice(0, MAX_NAMES);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
