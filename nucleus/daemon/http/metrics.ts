import { Counter, Gauge, Registry } from 'prom-client';
import type { DurableView, InstanceHealth, ServiceSummary } from '../http-api.js';
import type { MeshModel } from '../mesh-model.js';
import { MAX_SERIES, type Series, seriesOf } from './metric-series.js';
import { ProcessMetrics } from './process-metrics.js';

const BY_OPERATION = ['service', 'operation', 'instance'] as const;
const BY_TOPIC = ['service', 'topic', 'instance'] as const;
const HEALTHS: readonly InstanceHealth[] = ['alive', 'slow', 'draining', 'lost'];

/**
 * What Prometheus scrapes: instances by health; requests and events by service, operation (or topic) and instance; durable
 * events by service and topic;
 * the nucleus's own process. Everything is read off the model at the scrape.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly instances = this.gauge('atom_instances', 'Instances by health.', ['health']);
  private readonly services = this.gauge('atom_services', 'Services that are known.', []);
  private readonly requests = this.traffic('request', 'Requests', BY_OPERATION);
  private readonly events = this.traffic('event', 'Events', BY_TOPIC);
  private readonly durable = new DurableMetrics(this.registry);
  private readonly process = new ProcessMetrics(this.registry);

  constructor(private readonly model: Pick<MeshModel, 'view'>) {}

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Prometheus's text. */
  async text(): Promise<string> {
    const view = this.model.view();
    this.services.set(view.services.length);
    for (const health of HEALTHS) {
      this.instances.set({ health }, view.instances.filter((instance) => instance.health === health).length);
    }
    this.requests.read(seriesOf(view, 'operations'));
    this.events.read(seriesOf(view, 'events'));
    this.durable.read(view.services);
    this.process.read();
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private traffic(name: string, help: string, labels: typeof BY_OPERATION | typeof BY_TOPIC): TrafficMetrics {
    return new TrafficMetrics(this.registry, name, help, labels);
  }
}

/** What waits in durable groups. */
class DurableMetrics {
  private readonly gauges: readonly (readonly [keyof Omit<DurableView, 'topic'>, Gauge])[];

  constructor(registry: Registry) {
    const gauge = (name: string, help: string): Gauge =>
      new Gauge({
        name: `atom_durable_${name}`,
        help: `Durable events ${help}`,
        labelNames: ['service', 'topic'],
        registers: [registry],
      });
    this.gauges = [
      ['backlog', gauge('backlog', 'that are not handled yet.')],
      ['held', gauge('pending', 'that an instance has read and not finished.')],
      ['undelivered', gauge('lag', 'that no instance has read yet.')],
      ['retrying', gauge('retrying', 'that wait to be tried again.')],
      ['deadLettered', gauge('dead_lettered', 'given up since the instances that run now started.')],
    ];
  }

  read(services: readonly ServiceSummary[]): void {
    let left = MAX_SERIES;
    for (const [, gauge] of this.gauges) gauge.reset();
    for (const { name: service, durable = [] } of services) {
      for (const view of durable) {
        if (left-- <= 0) return;
        for (const [key, gauge] of this.gauges) gauge.set({ service, topic: view.topic }, view[key]);
      }
    }
  }
}

/** The four metrics of requests, or of events. */
class TrafficMetrics {
  private readonly total: Counter;
  private readonly errors: Counter;
  private readonly inFlight: Gauge;
  private readonly latency: Gauge;

  constructor(
    registry: Registry,
    name: string,
    help: string,
    private readonly labels: typeof BY_OPERATION | typeof BY_TOPIC,
  ) {
    const labelNames = [...labels];
    const registers = [registry];
    this.total = new Counter({ name: `atom_${name}s_total`, help: `${help} taken.`, labelNames, registers });
    this.errors = new Counter({
      name: `atom_${name}_errors_total`,
      help: `${help} that failed or were refused.`,
      labelNames,
      registers,
    });
    this.inFlight = new Gauge({
      name: `atom_${name}s_in_flight`,
      help: `${help} that are being handled.`,
      labelNames,
      registers,
    });
    this.latency = new Gauge({
      name: `atom_${name}_latency_seconds`,
      help: `Quantiles of how long ${help.toLowerCase()} were handled, since the instance started.`,
      labelNames: [...labels, 'quantile'],
      registers,
    });
  }

  read(all: Iterable<Series>): void {
    for (const metric of [this.total, this.errors, this.inFlight, this.latency]) metric.reset();
    const [first, second, third] = this.labels;
    for (const { labels: given, count, errors, inFlight, latency } of all) {
      const labels = { [first]: given[0], [second]: given[1], [third]: given[2] };
      this.total.inc(labels, count);
      this.errors.inc(labels, errors);
      this.inFlight.set(labels, inFlight);
      for (const [quantile, ms] of [
        ['0.5', latency.p50],
        ['0.9', latency.p90],
        ['0.99', latency.p99],
      ] as const) {
        this.latency.set({ ...labels, quantile }, ms / 1000);
      }
    }
  }
}
