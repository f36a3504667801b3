import { expect } from 'chai';
import { OperationStats } from '../../../lib/runtime/operation-stats.js';

describe('OperationStats', () => {
  it('is all zeros before the first message', () => {
    expect(new OperationStats().view()).to.deep.equal({
      count: 0,
      inFlight: 0,
      errors: {},
      latency: { p50: 0, p90: 0, p99: 0, max: 0 },
      callers: {},
    });
  });

  it('counts what runs, what failed and how, what was refused, and who called', () => {
    const stats = new OperationStats();
    stats.started('@a/b');
    stats.started('');
    stats.ended(1, undefined);
    stats.refused('DEADLINE_EXCEEDED');
    stats.started('@a/b');
    stats.ended(2, 'INTERNAL');
    expect(stats.view()).to.deep.include({
      count: 4,
      inFlight: 1,
      errors: { DEADLINE_EXCEEDED: 1, INTERNAL: 1 },
      callers: { '@a/b': 2, '': 1 },
    });
  });

  it('knows percentiles within a hundredth', () => {
    const stats = new OperationStats();
    for (let ms = 1; ms <= 1000; ms++) {
      stats.started('');
      stats.ended(ms, undefined);
    }
    const { p50, p90, p99, max } = stats.view().latency;
    expect(p50).to.be.closeTo(500, 10);
    expect(p90).to.be.closeTo(900, 10);
    expect(p99).to.be.closeTo(990, 10);
    expect(max).to.be.closeTo(1000, 10);
  });

  it('names 100 callers and counts the rest together', () => {
    const stats = new OperationStats();
    for (let n = 0; n < 1000; n++) stats.started(`@a/${n}`);
    const { callers } = stats.view();
    expect(Object.keys(callers)).to.have.length(101);
    expect(callers['*']).to.equal(900);
  });
});
