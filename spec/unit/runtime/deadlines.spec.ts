import { expect } from 'chai';
import { Deadlines } from '../../../lib/runtime/deadlines.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';

describe('Deadlines', () => {
  let clock: FakeClock;
  let deadlines: Deadlines;
  let fired: string[];
  const item = (name: string) => ({ expire: () => void fired.push(`${name}@${clock.now()}`) });

  beforeEach(() => {
    clock = new FakeClock();
    deadlines = new Deadlines(clock);
    fired = [];
  });

  it('expire in order, each at most 5 ms late', async () => {
    deadlines.add(item('b'), 21);
    deadlines.add(item('a'), 9);
    deadlines.add(item('c'), 100);
    await clock.advance(1000);
    expect(fired).to.deep.equal(['a@10', 'b@25', 'c@100']);
    expect(clock.pending).to.equal(0);
  });

  it('expire at once when they have passed', async () => {
    await clock.advance(50);
    deadlines.add(item('late'), 20);
    await clock.advance(0);
    expect(fired).to.deep.equal(['late@50']);
  });

  it('do not expire when removed, and many share one timer', async () => {
    for (let n = 0; n < 1000; n++) {
      const one = item(`${n}`);
      deadlines.add(one, 10 + n);
      if (n !== 500) deadlines.remove(one);
      expect(clock.pending).to.equal(1);
    }
    await clock.advance(2000);
    expect(fired).to.deep.equal(['500@510']);
  });

  it('do not expire when one of the same moment removes them', async () => {
    const second = item('second');
    deadlines.add(
      {
        expire: () => {
          deadlines.remove(second);
          fired.push('first');
        },
      },
      10,
    );
    deadlines.add(second, 10);
    await clock.advance(100);
    expect(fired).to.deep.equal(['first']);
  });

  it('take new ones while they expire', async () => {
    deadlines.add({ expire: () => void deadlines.add(item('next'), 10) }, 10);
    await clock.advance(100);
    expect(fired).to.deep.equal(['next@10']);
  });

  it('wait for one that is farther off than a timer can wait', async () => {
    deadlines.add(item('far'), 1e308);
    await clock.advance(10);
    expect(fired).to.deep.equal([]);
    expect(clock.pending).to.equal(1);
  });

  it('leave no timer behind when closed', () => {
    deadlines.add(item('a'), 10);
    deadlines.close();
    expect(clock.pending).to.equal(0);
  });
});
