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

  it('run those of one key one after another, and others meanwhile', async () => {
    const lanes = new Lanes(3);
    const log: string[] = [];
    const tasks = new Map(['a1', 'a2', 'b1', 'a3', '-', 'c1', 'b2'].map((name) => [name, task(log, name)]));
    for (const [name, { run }] of tasks) lanes.run('x', 't', run, name === '-' ? undefined : name[0]);
    expect(log).to.deep.equal(['a1', 'b1', '-']);
    const end = async (name: string) => {
      tasks.get(name)!.end();
      await turn();
      return log.slice(3);
    };
    expect(await end('a1')).to.deep.equal(['a2']);
    expect(await end('-')).to.deep.equal(['a2', 'c1']);
    expect(await end('b1')).to.deep.equal(['a2', 'c1', 'b2']);
    expect(await end('a2')).to.deep.equal(['a2', 'c1', 'b2', 'a3']);
    for (const name of ['a3', 'b2', 'c1']) await end(name);
    expect(lanes.size).to.equal(0);
  });

  it('keep the order of each key whatever takes its time, without deepening the stack', async () => {
    const lanes = new Lanes(4);
    const log: number[][] = [[], [], []];
    for (let n = 0; n < 60_000; n++) {
      const note = (): void => void log[n % 3]!.push(n);
      const slow = async (): Promise<void> => {
        await turn();
        note();
      };
      lanes.run('x', 't', n < 3 || n % 9999 === 0 ? slow : note, `k${n % 3}`);
    }
    await lanes.settled();
    for (const own of log) expect(own).to.deep.equal(own.toSorted((a, b) => a - b));
    expect(log.flat()).to.have.length(60_000);
  });

  it('run all that waits when told to, of keys too', async () => {
    const lanes = new Lanes(2);
    const log: string[] = [];
    lanes.run('x', 't', task(log, 'first').run, 'k');
    lanes.run('x', 't', () => void log.push('second'), 'k');
    lanes.runWaiting();
    expect([log, lanes.size]).to.deep.equal([['first', 'second'], 1]);
  });

  it('let go of a task that waits, and not of one that runs', async () => {
    const lanes = new Lanes(1);
    const log: string[] = [];
    const [a, b, c] = [task(log, 'a'), task(log, 'b'), task(log, 'c')];
    for (const { run } of [a, b, c]) lanes.run('x', 't', run);
    expect(lanes.withdraw('x', 't', a.run)).to.equal(false);
    expect(lanes.withdraw('x', 'other', b.run)).to.equal(false);
    expect(lanes.withdraw('x', 't', b.run)).to.equal(true);
    expect(lanes.withdraw('x', 't', b.run)).to.equal(false);
    expect(lanes.size).to.equal(2);
    a.end();
    c.end();
    await lanes.settled();
    expect(log).to.deep.equal(['a', 'c']);
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
