import type {
  EdgeView,
  HistoryEntry,
  InstanceHealth,
  InstanceView,
  MeshView,
  ServiceDetail,
  ServiceSummary,
  TrafficView,
} from '../../nucleus/daemon/http-api.js';
import { History } from '../../nucleus/daemon/history.js';
import { seeded } from './seeded.js';

interface Planned {
  readonly name: string;
  readonly operations: readonly string[];
  readonly topics: readonly string[];
  /** Requests and events a second, of the whole service. */
  readonly rate: number;
  readonly errors: number;
}

const SHOP: readonly Planned[] = [
  {
    name: '@shop/orders',
    operations: ['place-order'],
    topics: ['payment.completed'],
    rate: 100,
    errors: 0.4,
  },
  { name: '@shop/stock', operations: ['reserve', 'release'], topics: [], rate: 100, errors: 0 },
  { name: '@shop/payments', operations: ['charge'], topics: ['order.placed'], rate: 100, errors: 0 },
  {
    name: '@shop/notifications',
    operations: [],
    topics: ['order.placed', 'payment.>'],
    rate: 200,
    errors: 0,
  },
];
const SHOP_EDGES: readonly (readonly [EdgeView['kind'], string, string, string])[] = [
  ['calls', '', '@shop/orders', 'place-order'],
  ['calls', '@shop/orders', '@shop/stock', 'reserve'],
  ['calls', '@shop/orders', '@shop/payments', 'charge'],
  ['hears', '@shop/payments', '@shop/orders', 'payment.completed'],
  ['hears', '@shop/orders', '@shop/notifications', 'order.placed'],
];
const AREAS = ['shop', 'billing', 'search', 'media', 'identity', 'logistics', 'analytics', 'support'];
const NOUNS = ['gateway', 'orders', 'stock', 'users', 'prices', 'mail', 'index', 'ledger', 'audit', 'events'];

/** A mesh that is made up, the same for the same numbers: for what draws it, not for what makes it. */
export class FixtureMesh {
  private readonly random = seeded(7);
  private readonly services: readonly Planned[];
  private readonly edges: EdgeView[];
  private readonly instances = new Map<string, InstanceView>();
  private readonly totals = new Map<string, number>();
  readonly history = new History();

  /** Up to 5 services are those of a shop. `instances` are spread over all services. */
  constructor(services = 5, instances = services + 1) {
    this.services = services <= 5 ? SHOP : this.invent(services);
    this.edges =
      services <= 5
        ? SHOP_EDGES.map(([kind, from, to, name]) => edge(kind, from, to, name, 100))
        : this.connect();
    for (let n = 0; n < instances; n++) {
      this.add(this.services[services <= 5 ? Math.min(n, 6 - n) % 4 : n % services]!.name);
    }
  }

  /** Instances of a service, as they are now. */
  instancesOf(service: string): InstanceView[] {
    return [...this.instances.values()].filter(({ services }) => services[0]?.name === service);
  }

  instance(id: string): InstanceView | undefined {
    return this.instances.get(id);
  }

  /** One more instance of a service; gives its id. */
  add(service: string): string {
    const id = Array.from({ length: 32 }, () => Math.floor(this.random() * 16).toString(16)).join('');
    const port = 20_000 + this.instances.size;
    this.instances.set(id, {
      id,
      endpoint: `tcp://127.0.0.1:${port}`,
      eventsEndpoint: `tcp://127.0.0.1:${port + 20_000}`,
      host: `host-${1 + (this.instances.size % 12)}`,
      revision: 1,
      health: 'alive',
      reason: '',
      since: Date.now() - Math.floor(this.random() * 4e6),
      sources: ['registry', 'beacon'],
      services: [{ name: service, version: '1.2.0' }],
    });
    this.note(id, 'joined', 'alive', 'found by its beacon');
    return id;
  }

  /** Changes an instance's health; gives the line of the history. */
  turn(id: string, health: InstanceHealth, reason: string): HistoryEntry {
    const instance = this.instances.get(id);
    if (!instance) throw new Error(`no instance ${id}`);
    this.instances.set(id, { ...instance, health, reason, since: Date.now() });
    return this.note(id, health === 'lost' ? 'lost' : 'health', health, reason);
  }

  view(): MeshView {
    const instances = [...this.instances.values()].map((instance) => ({
      ...instance,
      services: instance.services.map((service) => this.traffic(instance, service.name)),
    }));
    const byService = new Map<string, InstanceView[]>();
    for (const instance of instances) {
      const name = instance.services[0]!.name;
      byService.set(name, [...(byService.get(name) ?? []), instance]);
    }
    return {
      environment: 'fixture',
      at: Date.now(),
      services: this.services.map((service) => summary(service, byService.get(service.name) ?? [])),
      instances,
      edges: this.edges.map((it) => ({ ...it, perSecond: it.perSecond * (0.9 + this.random() * 0.2) })),
    };
  }

  /** What the instance would say of its service. */
  describe(service: string): ServiceDetail | undefined {
    const planned = this.services.find(({ name }) => name === service);
    return planned && detailOf(planned);
  }

  private traffic(instance: InstanceView, name: string): InstanceView['services'][number] {
    const planned = this.services.find((service) => service.name === name)!;
    const share = this.instancesOf(name).filter(({ health }) => health !== 'lost').length || 1;
    const names = planned.operations.length + planned.topics.length;
    const view = (what: string): TrafficView => {
      const rate =
        instance.health === 'lost' ? 0 : (planned.rate / share / names) * (0.85 + this.random() * 0.3);
      const key = `${instance.id} ${what}`;
      this.totals.set(key, (this.totals.get(key) ?? 1000) + rate);
      const slow = instance.health === 'slow' ? 40 : 1;
      const p50 = (0.8 + this.random() * 0.4) * slow;
      return {
        name: what,
        count: Math.round(this.totals.get(key)!),
        errors: Math.round(planned.errors * 12),
        perSecond: rate,
        errorsPerSecond: Math.min(rate, planned.errors / share / names),
        inFlight: Math.round(this.random() * 3),
        latency: { p50, p90: p50 * 2.1, p99: p50 * (4 + this.random() * 2), max: p50 * 14 },
      };
    };
    return {
      name,
      version: '1.2.0',
      operations: planned.operations.map(view),
      events: planned.topics.map(view),
    };
  }

  private note(
    id: string,
    type: HistoryEntry['type'],
    health: HistoryEntry['health'],
    reason: string,
  ): HistoryEntry {
    const services = this.instances.get(id)!.services.map(({ name }) => name);
    return this.history.add({ at: Date.now(), instance: id, services, type, health, reason });
  }

  private invent(count: number): Planned[] {
    return Array.from({ length: count }, (_, n) => {
      const round = Math.floor(n / (AREAS.length * NOUNS.length));
      const noun = NOUNS[Math.floor(n / AREAS.length) % NOUNS.length]!;
      return {
        name: `@${AREAS[n % AREAS.length]!}/${noun}${round > 0 ? `-${round + 1}` : ''}`,
        operations: ['find', 'place-order'].slice(0, 1 + (n % 2)),
        topics: n % 3 === 0 ? ['order.placed'] : [],
        rate: Math.round(this.random() ** 3 * 900) + 1,
        errors: n % 17 === 0 ? 0.8 : 0,
      };
    });
  }

  /** Each service calls one or two that come later in the list, and every fifth hears an earlier one. */
  private connect(): EdgeView[] {
    const names = this.services.map(({ name }) => name);
    const later = (n: number): string =>
      names[Math.min(names.length - 1, n + 1 + Math.floor(this.random() * 40))]!;
    const edges = names.slice(0, -8).flatMap((name, n) => {
      const calls = Array.from({ length: 1 + (n % 2) }, () =>
        edge('calls', name, later(n), 'find', 1 + this.random() * 90),
      );
      return n % 5 === 0 ? [...calls, edge('hears', name, later(n), 'order.placed', 10)] : calls;
    });
    return [edge('calls', '', names[0]!, 'find', 120), edge('calls', '', names[1]!, 'find', 30), ...edges];
  }
}

function edge(kind: EdgeView['kind'], from: string, to: string, name: string, perSecond: number): EdgeView {
  return { kind, from, to, names: [name], perSecond, count: 4000 };
}

const BEST: readonly InstanceHealth[] = ['alive', 'slow', 'draining', 'lost'];

function summary({ name, operations, topics }: Planned, instances: readonly InstanceView[]): ServiceSummary {
  const count = (health: InstanceHealth): number => instances.filter((it) => it.health === health).length;
  const all = instances.flatMap(({ services }) =>
    services.flatMap((service) => [...(service.operations ?? []), ...(service.events ?? [])]),
  );
  const sum = (pick: (view: TrafficView) => number): number =>
    all.reduce((total, view) => total + pick(view), 0);
  return {
    name,
    versions: ['1.2.0'],
    health: BEST.find((health) => count(health) > 0) ?? 'lost',
    instances: {
      alive: count('alive'),
      slow: count('slow'),
      draining: count('draining'),
      lost: count('lost'),
    },
    operations,
    topics,
    perSecond: sum((view) => view.perSecond),
    errorsPerSecond: sum((view) => view.errorsPerSecond),
    p50: Math.max(0, ...all.map((view) => view.latency.p50)),
    p99: Math.max(0, ...all.map((view) => view.latency.p99)),
  };
}

function detailOf({ name, operations, topics }: Planned): ServiceDetail {
  const schema = (title: string, properties: Record<string, unknown>, optional: readonly string[] = []) => ({
    version: 1,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title,
      type: 'object',
      properties,
      required: Object.keys(properties).filter((key) => !optional.includes(key)),
    },
  });
  const id = { type: 'string', format: 'uuid' };
  const line = { type: 'object', properties: { sku: { type: 'string' }, gift: { type: 'boolean' } } };
  return {
    name,
    version: '1.2.0',
    metadata: { team: 'checkout', region: 'eu-central' },
    operations: operations.map((operation) => ({
      name: operation,
      method: operation.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      accepts: 'PlaceOrder',
      returns: 'OrderPlaced',
    })),
    events: topics.map((topic) => ({ topic, delivery: 'group', accepts: 'OrderPlaced' })),
    lexemes: {
      PlaceOrder: {
        ...schema(
          'PlaceOrder',
          {
            orderId: id,
            email: { type: 'string', format: 'email' },
            quantity: { type: 'integer', exclusiveMinimum: 0 },
            priority: { enum: ['normal', 'express'], default: 'normal' },
            lines: { type: 'array', items: line, minItems: 1 },
            note: { type: ['string', 'null'], maxLength: 200 },
          },
          ['note'],
        ),
      },
      OrderPlaced: {
        ...schema('OrderPlaced', { orderId: id, amount: { type: 'number', exclusiveMinimum: 0 } }),
        label: 'order.placed',
      },
    },
  };
}
