import { expect } from 'chai';
import { FakeClock } from '../../../lib/testing/fake-clock.js';

describe('FakeClock', () => {
  it('fires timers in the order of their due times, each at its own time', async () => {
    const clock = new FakeClock();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, clock.now()]);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(31, note('late'));
    await clock.advance(30);
    expect(fired).to.deep.equal([
      ['a', 10],
      ['b', 20],
      ['c', 20],
    ]);
    expect(clock.now()).to.equal(30);
    expect(clock.pending).to.equal(1);
  });

  it('fires a timer that was set by a promise that a timer resolved', async () => {
    const clock = new FakeClock();
    let done = 0;
    const loop = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await new Promise<void>((resolve) => void clock.after(10, resolve));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      done = clock.now();
    };
    void loop();
    await clock.advance(50);
    expect(done).to.equal(50);
  });

  it('fires one timer a step, and none that falls due later than it may', () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    for (const ms of [10, 10, 30]) clock.after(ms, () => fired.push(clock.now()));
    expect(clock.step(9)).to.equal(false);
    expect(clock.now()).to.equal(0);
    expect(clock.step(20)).to.equal(true);
    expect(fired).to.deep.equal([10]);
    expect([clock.step(20), clock.step(20), clock.now()]).to.deep.equal([true, false, 10]);
    expect([clock.step(), clock.step()]).to.deep.equal([true, false]);
    expect(fired).to.deep.equal([10, 10, 30]);
  });

  it('does not fire a timer that was cancelled', async () => {
    const clock = new FakeClock();
    const timer = clock.after(5, () => expect.fail('fired'));
    clock.after(5, () => timer.cancel()).cancel();
    timer.cancel();
    timer.cancel();
    await clock.advance(10);
    expect(clock.pending).to.equal(0);
  });

  it('jumps its wall clock without touching monotonic time or timers', async () => {
    const clock = new FakeClock({ wallTime: 1000 });
    let fired = false;
    clock.after(10, () => (fired = true));
    clock.jumpWallTime(86_400_000);
    expect(clock.wallTime()).to.equal(86_401_000);
    expect(clock.now()).to.equal(0);
    await clock.advance(9);
    expect(fired).to.equal(false);
  });
});
