import { expect } from 'chai';
import { AtomError } from '../../../lib/errors.js';
import { type Asker, Remembered } from '../../../lib/runtime/remembered.js';

describe('Remembered', () => {
  let remembered: Remembered<Asker>;
  const sent: string[] = [];
  const answer = (id: number, data: unknown, kind = 'res') =>
    `{"t":"${kind}","i":${id},"d":${JSON.stringify(data)}}`;
  const asker = (id: number, deadline = Infinity, inside = true): Asker => ({
    id,
    inside,
    over: (now) => (now < deadline ? undefined : new AtomError('DEADLINE_EXCEEDED', 'too late')),
    share: (part) => void sent.push(part),
    refuse: ({ code }) => void sent.push(`${code} ${id}`),
  });

  beforeEach(() => {
    remembered = new Remembered();
    sent.length = 0;
  });

  const isRepeat = (key: string, id: number, now: number) => remembered.isRepeat(key, asker(id), now);
  const run = (key: string, now: number, data: unknown = 1, kind?: string, keep = true) => {
    const first = asker(7);
    expect(remembered.isRepeat(key, first, now)).to.equal(false);
    remembered.settle(key, first, answer(7, data, kind), keep, now);
  };

  it('answers a repeat under its own id, whatever the answer was', () => {
    run('a', 0, 'yes');
    expect(isRepeat('a', 1234, 1)).to.equal(true);
    run('b', 1, 'no', 'err');
    expect(isRepeat('b', 9, 1)).to.equal(true);
    expect(sent).to.deep.equal([answer(1234, 'yes'), answer(9, 'no', 'err')]);
  });

  it('has repeats wait for the first, and runs nothing for them', () => {
    const first = asker(1);
    remembered.isRepeat('a', first, 0);
    expect(remembered.isAwaited('a', first, 0)).to.equal(false);
    expect(isRepeat('a', 2, 0)).to.equal(true);
    expect(remembered.isAwaited('a', first, 0)).to.equal(true);
    remembered.settle('a', first, answer(1, 'once'), true, 0);
    expect(sent).to.deep.equal([answer(2, 'once')]);
  });

  it('has none wait whose caller has given up, or whose deadline has passed', () => {
    const first = asker(1);
    const second = asker(2);
    remembered.isRepeat('a', first, 0);
    remembered.isRepeat('a', second, 0);
    expect(remembered.leave('a', second)).to.equal(true);
    expect(remembered.leave('a', second)).to.equal(false);
    remembered.isRepeat('a', asker(3, 10), 0);
    expect(remembered.isAwaited('a', first, 10)).to.equal(false);
    remembered.isRepeat('a', asker(4), 10);
    expect(sent).to.deep.equal(['DEADLINE_EXCEEDED 3']);
  });

  it('has a repeat run in the place of a first that came to nothing', () => {
    const [first, second] = [asker(1), asker(2)];
    remembered.isRepeat('a', first, 0);
    remembered.isRepeat('a', second, 0);
    remembered.isRepeat('a', asker(3), 0);
    expect(remembered.giveUp('a', first, 0)).to.equal(second);
    remembered.settle('a', first, answer(1, 'late'), true, 0);
    remembered.settle('a', second, answer(2, 'yes'), true, 0);
    expect(sent).to.deep.equal([answer(3, 'yes')]);
  });

  it('has none wait for a first that will not be run', () => {
    remembered.isRepeat('a', asker(1, 10, false), 0);
    remembered.isRepeat('b', asker(1, 10, true), 0);
    expect(isRepeat('a', 2, 10)).to.equal(false);
    expect(isRepeat('b', 2, 10)).to.equal(true);
  });

  it('forgets what says nothing of a repeat', () => {
    run('a', 0, 'busy', 'err', false);
    expect(isRepeat('a', 2, 0)).to.equal(false);
    const first = asker(1);
    remembered.isRepeat('b', first, 0);
    expect(remembered.giveUp('b', first, 0)).to.equal(undefined);
    expect(isRepeat('b', 2, 0)).to.equal(false);
  });

  it('forgets after 60 s', () => {
    run('a', 0);
    expect(isRepeat('a', 1, 59_999)).to.equal(true);
    expect(isRepeat('a', 1, 60_000)).to.equal(false);
  });

  it('keeps 10,000 answers, the newest', () => {
    for (let n = 0; n <= 10_000; n++) run(`k${n}`, n);
    expect(isRepeat('k1', 1, 10_000)).to.equal(true);
    expect(isRepeat('k0', 1, 10_000)).to.equal(false);
  });

  it('keeps 16 MiB of them', () => {
    const large = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 17; n++) run(`k${n}`, n, large);
    expect(isRepeat('k2', 1, 20)).to.equal(true);
    expect(isRepeat('k0', 1, 20)).to.equal(false);
  });
});
