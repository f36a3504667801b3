import { expect } from 'chai';
import type { ServiceStats } from '../../../../lib/application/builtin-operations.js';
import { Traffic } from '../../../../nucleus/cli/traffic.js';

const view = (count: number, errors = 0, p99 = 1): ServiceStats['operations'][string] => ({
  count,
  inFlight: 1,
  errors: errors > 0 ? { INTERNAL: errors } : {},
  latency: { p50: p99 / 2, p90: p99, p99, max: p99 },
  callers: {},
});
const stats = (
  operations: ServiceStats['operations'],
  events: ServiceStats['events'] = {},
): ServiceStats => ({
  operations,
  events,
  listeners: [],
});
const service = '@a/b';

describe('Traffic', () => {
  it('makes rates of what is counted between two looks', () => {
    const traffic = new Traffic();
    const [first] = traffic.next([{ at: 1000, instance: 'i', service, stats: stats({ op: view(100, 10) }) }]);
    expect(first).to.include({ count: 100, perSecond: 0, errorsPerSecond: 0 });
    const [second] = traffic.next([
      { at: 3000, instance: 'i', service, stats: stats({ op: view(300, 14) }) },
    ]);
    expect(second).to.include({ count: 300, perSecond: 100, errors: 14, errorsPerSecond: 2 });
  });

  it('adds the instances of a service, with the slowest one’s latency', () => {
    const traffic = new Traffic();
    const samples = (at: number, count: number): Parameters<Traffic['next']>[0] => [
      { at, instance: 'i', service, stats: stats({ op: view(count, 0, 5) }) },
      { at, instance: 'j', service, stats: stats({ op: view(count, 0, 50) }) },
    ];
    traffic.next(samples(0, 0));
    const [row] = traffic.next(samples(1000, 10));
    expect(row).to.include({ instances: 2, count: 20, perSecond: 20, inFlight: 2, p99: 50, p50: 25 });
  });

  it('knows operations and topics of the same name apart', () => {
    const rows = new Traffic().next([
      { at: 0, instance: 'i', service, stats: stats({ x: view(1) }, { x: view(2) }) },
    ]);
    expect(rows.map(({ kind, count }) => [kind, count])).to.have.deep.members([
      ['request', 1],
      ['event', 2],
    ]);
  });

  it('has no rate for what has just come, and none below zero', () => {
    const traffic = new Traffic();
    traffic.next([{ at: 0, instance: 'i', service, stats: stats({ op: view(100) }) }]);
    const rows = traffic.next([
      { at: 1000, instance: 'i', service, stats: stats({ op: view(50) }) },
      { at: 1000, instance: 'j', service, stats: stats({ op: view(1000) }) },
    ]);
    expect(rows[0]?.perSecond).to.equal(0);
  });
});
