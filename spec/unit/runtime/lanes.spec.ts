import { expect } from 'chai';
import { Lanes } from '../../../lib/runtime/lanes.js';

/** A task that ends when told to. */
function task(log: string[], name: string) {
  let end = (): void => {};
  const done = new Promise<void>((resolve) => (end = resolve));
  const run = (): Promise<void> => {
    log.push(name);
    return done;
  };
  return { run, end };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Lanes', () => {
  it('run the tasks of one lane one after another, and other lanes meanwhile', async () => {
    const lanes = new Lanes(1);
    const log: string[] = [];
    const [a, b, c] = [task(log, 'a'), task(log, 'b'), task(log, 'c')];
    lanes.run('x', 't', a.run);
    lanes.run('x', 't', b.run);
    lanes.run('y', 't', c.run);
    expect(log).to.deep.equal(['a', 'c']);
    a.end();
    await turn();
    expect(log).to.deep.equal(['a', 'c', 'b']);
  });

  it('run as many at a time as they are told', async () => {
    const lanes = new Lanes(2);
    const log: string[] = [];
    const tasks = ['a', 'b', 'c', 'd'].map((name) => task(log, name));
    for (const { run } of tasks) lanes.run('x', 't', run);
    expect(log).to.deep.equal(['a', 'b']);
    tasks[1]!.end();
    await turn();
    expect(log).to.deep.equal(['a', 'b', 'c']);
    expect(lanes.size).to.equal(3);
  });

  it('do not deepen the stack with a long queue of tasks that end at once', async () => {
    const lanes = new Lanes(1);
    const first = task([], 'first');
    lanes.run('x', 't', first.run);
    let count = 0;
    for (let n = 0; n < 100_000; n++) lanes.run('x', 't', () => void count++);
    first.end();
    await lanes.settled();
    expect(count).to.equal(100_000);
  });

  it('keep order across tasks that wait and tasks that do not', async () => {
    const lanes = new Lanes(1);
    const log: number[] = [];
    for (let n = 0; n < 5000; n++) {
      lanes.run(
        'x',
        't',
        n % 7 === 0 ? async () => void (await turn(), log.push(n)) : () => void log.push(n),
      );
    }
    await lanes.settled();
    expect(log).to.deep.equal(Array.from({ length: 5000 }, (_, n) => n));
  });

  it('are settled when nothing runs or waits, at once if nothing does', async () => {
    const lanes = new Lanes(1);
    await lanes.settled();
    const a = task([], 'a');
    lanes.run('x', 't', a.run);
    let settled = false;
    const wait = lanes.settled().then(() => (settled = true));
    await turn();
    expect(settled).to.equal(false);
    a.end();
    await wait;
    expect(lanes.size).to.equal(0);
  });
});
