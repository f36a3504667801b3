import { expect } from 'chai';
import type { MeshView } from '../../../../nucleus/daemon/http-api.js';
import { Metrics } from '../../../../nucleus/daemon/http/metrics.js';
import { aService, aView, anInstance, someTraffic } from '../../../support/mesh-view.js';

/** A line of Prometheus's text format: name, labels, value. */
const SAMPLE =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;
const COMMENT = /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* .+$/;

/** Samples by their name and labels; throws for a line that is not of the format. */
async function scrape(metrics: Metrics): Promise<Map<string, number>> {
  const samples = new Map<string, number>();
  for (const line of (await metrics.text()).split('\n').filter((text) => text !== '')) {
    if (COMMENT.test(line)) continue;
    const match = SAMPLE.exec(line);
    if (match === null) throw new Error(`not a sample: ${line}`);
    const key = `${match[1]}{${match[2] ?? ''}}`;
    if (samples.has(key)) throw new Error(`twice: ${key}`);
    samples.set(key, Number(match[3]));
  }
  return samples;
}

describe('the metrics', () => {
  let view: MeshView;
  const metrics = new Metrics({ view: () => view });
  const id = 'a'.repeat(32);
  const withOperations = (count: number, over: object = {}) =>
    anInstance({
      services: [
        {
          name: '@shop/orders',
          version: '1.0.0',
          operations: Array.from({ length: count }, (_, n) => someTraffic({ name: `o${n}`, ...over })),
          events: [someTraffic({ name: 'sold.>' })],
        },
      ],
    });

  it('are what the instances told', async () => {
    view = aView({ instances: [withOperations(1), anInstance({ id: 'b'.repeat(32), health: 'lost' })] });
    const samples = await scrape(metrics);
    const operation = `service="@shop/orders",operation="o0",instance="${id}"`;
    expect(samples.get('atom_instances{health="alive"}')).to.equal(1);
    expect(samples.get('atom_instances{health="lost"}')).to.equal(1);
    expect(samples.get('atom_instances{health="slow"}')).to.equal(0);
    expect(samples.get(`atom_requests_total{${operation}}`)).to.equal(10);
    expect(samples.get(`atom_request_errors_total{${operation}}`)).to.equal(1);
    expect(samples.get(`atom_requests_in_flight{${operation}}`)).to.equal(3);
    expect(samples.get(`atom_request_latency_seconds{${operation},quantile="0.99"}`)).to.equal(0.003);
    expect(samples.get(`atom_events_total{service="@shop/orders",topic="sold.>",instance="${id}"}`)).to.equal(
      10,
    );
    expect(samples.get('process_resident_memory_bytes{}')).to.be.greaterThan(1e6);
  });

  it('tell what waits in durable groups', async () => {
    const durable = [{ topic: 'order.*', backlog: 9, held: 4, undelivered: 5, retrying: 2, deadLettered: 1 }];
    view = aView({ services: [aService({ durable })] });
    const samples = await scrape(metrics);
    const labels = '{service="@shop/mail",topic="order.*"}';
    const told = ['backlog', 'pending', 'lag', 'retrying', 'dead_lettered'];
    expect(told.map((name) => samples.get(`atom_durable_${name}${labels}`))).to.deep.equal([9, 4, 5, 2, 1]);
  });

  it('are of this scrape: what is gone is gone', async () => {
    view = aView({ instances: [withOperations(1)] });
    await scrape(metrics);
    view = aView();
    expect([...(await scrape(metrics)).keys()].filter((key) => key.startsWith('atom_request'))).to.deep.equal(
      [],
    );
  });

  it('are bounded: beyond 1,000 series the rest is one instance', async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({
      ...withOperations(100),
      id: `${n}`.padStart(32, '0'),
    }));
    view = aView({ instances: many });
    const samples = await scrape(metrics);
    const requests = [...samples].filter(([key]) => key.startsWith('atom_requests_total'));
    expect(requests).to.have.length(1100);
    expect(requests.reduce((sum, [, value]) => sum + value, 0)).to.equal(30 * 100 * 10);
    const other = 'atom_requests_total{service="@shop/orders",operation="o5",instance="other"}';
    expect(samples.get(other)).to.equal(200);
  });
});
