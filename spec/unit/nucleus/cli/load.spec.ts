import { expect } from 'chai';
import { AtomError } from '../../../../lib/errors.js';
import { runLoad } from '../../../../nucleus/cli/load.js';
import { loadText } from '../../../../nucleus/cli/load-text.js';

describe('runLoad', () => {
  it('makes so many calls, never more at a time than it may', async () => {
    let running = 0;
    let most = 0;
    const report = await runLoad(
      { count: 50, concurrency: 7, duration: Infinity },
      async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      },
      () => undefined,
    );
    expect({ most, sent: report.sent, ok: report.ok }).to.deep.equal({ most: 7, sent: 50, ok: 50 });
    expect(report.buckets.reduce((sum, { count }) => sum + count, 0)).to.equal(50);
    const { min, p50, p90, p99, max } = report.latency;
    expect([min, p50, p90, p99, max]).to.deep.equal([min, p50, p90, p99, max].sort((a, b) => a - b));
  });

  it('counts errors by code, and measures only what was answered', async () => {
    let turn = 0;
    const report = await runLoad(
      { count: 10, concurrency: 1, duration: Infinity },
      async () => {
        if (turn++ % 2 === 0) throw new AtomError('UNAVAILABLE', 'away');
      },
      () => undefined,
    );
    expect(report).to.deep.include({ sent: 10, ok: 5, errors: { UNAVAILABLE: 5 } });
    expect(report.buckets.reduce((sum, { count }) => sum + count, 0)).to.equal(5);
    expect(loadText(report))
      .to.include('5 failed (50.0 %)')
      .and.match(/5 {2}UNAVAILABLE/);
  });

  it('has a text also when nothing was answered', async () => {
    const report = await runLoad(
      { count: 2, concurrency: 1, duration: Infinity },
      () => Promise.reject(new Error('no')),
      () => undefined,
    );
    expect(loadText(report)).to.include('2 failed (100.0 %)').and.not.include('latency');
  });
});
