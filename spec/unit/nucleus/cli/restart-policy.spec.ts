import { expect } from 'chai';
import type { Restarts } from '../../../../nucleus/cli/startenv/environment.js';
import {
  RestartPolicy,
  type Ending,
  type NextStep,
} from '../../../../nucleus/cli/startenv/restart-policy.js';

const run = (over: Partial<Ending> = {}): Ending => ({ code: 1, signal: null, ms: 100, ...over });
const first = (restarts: Restarts, over: Partial<Ending>): NextStep =>
  new RestartPolicy(restarts).next(run(over));

describe('a service that has ended', () => {
  it('is started again as its file says', () => {
    const again = { again: true, after: 500 };
    expect(first('never', { code: 0 })).to.deep.equal({ again: false, failed: false, why: '' });
    expect(first('never', { code: 1 })).to.deep.equal({ again: false, failed: true, why: '' });
    expect(first('on-failure', { code: 0 })).to.deep.equal({ again: false, failed: false, why: '' });
    expect(first('on-failure', { code: 1 })).to.deep.equal(again);
    expect(first('on-failure', { code: null, signal: 'SIGKILL' })).to.deep.equal(again);
    expect(first('always', { code: 0 })).to.deep.equal(again);
    expect(first('always', { code: 1 })).to.deep.equal(again);
  });

  it('waits twice as long each time, 30 s at most, and 0.5 s again after a steady run', () => {
    const policy = new RestartPolicy('always');
    const after = (ms: number): number => {
      const next = policy.next(run({ ms }));
      return next.again ? next.after : -1;
    };
    const waits = Array.from({ length: 12 }, () => after(100));
    expect(waits.slice(0, 8)).to.deep.equal([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(waits.at(-1)).to.equal(30_000);
    expect(after(10_000)).to.equal(500);
  });

  it('is given up when it failed ten times in a row', () => {
    const policy = new RestartPolicy('on-failure');
    for (let failure = 1; failure < 10; failure++) expect(policy.next(run()).again).to.equal(true);
    expect(policy.next(run())).to.deep.equal({
      again: false,
      failed: true,
      why: 'it failed 10 times in a row',
    });
  });

  it('is given up at once when it cannot be started, whatever its file says', () => {
    for (const over of [{ code: 127 }, { code: 126 }, { code: null, error: new Error('spawn x ENOENT') }]) {
      expect(first('always', over)).to.deep.equal({
        again: false,
        failed: true,
        why: 'it cannot be started',
      });
    }
  });
});
