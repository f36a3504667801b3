import { expect } from 'chai';
import { Remembered } from '../../../lib/runtime/remembered.js';

describe('Remembered', () => {
  let remembered: Remembered;
  const sent: string[] = [];
  const channel = { send: (part: string) => sent.push(part) > 0 };
  const answer = (id: number, data: unknown, kind = 'res') =>
    `{"t":"${kind}","i":${id},"d":${JSON.stringify(data)}}`;

  beforeEach(() => {
    remembered = new Remembered();
    sent.length = 0;
  });

  const run = (key: string, now: number, data: unknown = 1) => {
    expect(remembered.isRepeat(key, channel, 7, now)).to.equal(false);
    remembered.settle(key, 7, answer(7, data), true, now);
  };

  it('answers a repeat under its own id, whatever the answer was', () => {
    run('a', 0, 'yes');
    expect(remembered.isRepeat('a', channel, 1234, 1)).to.equal(true);
    remembered.isRepeat('b', channel, 8, 1);
    remembered.settle('b', 8, answer(8, 'no', 'err'), true, 1);
    expect(remembered.isRepeat('b', channel, 9, 1)).to.equal(true);
    expect(sent).to.deep.equal([answer(1234, 'yes'), answer(9, 'no', 'err')]);
  });

  it('has repeats wait for the first, and runs nothing for them', () => {
    remembered.isRepeat('a', channel, 1, 0);
    expect(remembered.isAwaited('a')).to.equal(false);
    expect(remembered.isRepeat('a', channel, 2, 0)).to.equal(true);
    expect(remembered.isAwaited('a')).to.equal(true);
    remembered.settle('a', 1, answer(1, 'once'), true, 0);
    expect(sent).to.deep.equal([answer(2, 'once')]);
  });

  it('forgets what says nothing of a repeat', () => {
    remembered.isRepeat('a', channel, 1, 0);
    remembered.settle('a', 1, answer(1, 'busy'), false, 0);
    expect(remembered.isRepeat('a', channel, 2, 0)).to.equal(false);
  });

  it('forgets after 60 s', () => {
    run('a', 0);
    expect(remembered.isRepeat('a', channel, 1, 59_999)).to.equal(true);
    expect(remembered.isRepeat('a', channel, 1, 60_000)).to.equal(false);
  });

  it('keeps 10,000 answers, the newest', () => {
    for (let n = 0; n <= 10_000; n++) run(`k${n}`, n);
    expect(remembered.isRepeat('k1', channel, 1, 10_000)).to.equal(true);
    expect(remembered.isRepeat('k0', channel, 1, 10_000)).to.equal(false);
  });

  it('keeps 16 MiB of them', () => {
    const large = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 17; n++) run(`k${n}`, n, large);
    expect(remembered.isRepeat('k2', channel, 1, 20)).to.equal(true);
    expect(remembered.isRepeat('k0', channel, 1, 20)).to.equal(false);
  });
});
