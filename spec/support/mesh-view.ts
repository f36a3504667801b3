import type { InstanceView, MeshView, ServiceSummary, TrafficView } from '../../nucleus/daemon/http-api.js';

/** A view of a mesh that has nothing; `over` replaces fields. */
export function aView(over: Partial<MeshView> = {}): MeshView {
  return { environment: 'test', at: 0, services: [], instances: [], edges: [], ...over };
}

export function aService(over: Partial<ServiceSummary> = {}): ServiceSummary {
  return {
    name: '@shop/mail',
    versions: ['1.0.0'],
    health: 'alive',
    instances: { alive: 1, slow: 0, draining: 0, lost: 0 },
    operations: [],
    topics: [],
    perSecond: 0,
    errorsPerSecond: 0,
    p50: 0,
    p99: 0,
    ...over,
  };
}

export function anInstance(over: Partial<InstanceView> = {}): InstanceView {
  return {
    id: 'a'.repeat(32),
    endpoint: 'tcp://127.0.0.1:5000',
    eventsEndpoint: 'tcp://127.0.0.1:5001',
    host: 'host-a',
    revision: 1,
    health: 'alive',
    reason: '',
    since: 0,
    sources: ['registry'],
    services: [],
    ...over,
  };
}

export function someTraffic(over: Partial<TrafficView> = {}): TrafficView {
  return {
    name: 'place-order',
    count: 10,
    errors: 1,
    perSecond: 2,
    errorsPerSecond: 0.2,
    inFlight: 3,
    latency: { p50: 1, p90: 2, p99: 3, max: 4 },
    ...over,
  };
}
