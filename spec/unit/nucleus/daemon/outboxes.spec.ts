import { expect } from 'chai';
import { FakeClock } from '../../../../lib/testing/fake-clock.js';
import { Outboxes } from '../../../../nucleus/daemon/outboxes.js';
import type { Sending } from '../../../../nucleus/registry/nucleus-sockets.js';

describe("the nucleus's outboxes", () => {
  let clock: FakeClock;
  let outboxes: Outboxes;
  let sent: string[];
  let cut: string[];
  let running: number;
  let result: (peer: string) => Sending;
  beforeEach(() => {
    clock = new FakeClock();
    [sent, cut, running] = [[], [], 0];
    result = () => 'sent';
    outboxes = new Outboxes({
      clock,
      send: async (peer, text) => {
        expect(++running, 'one at a time').to.equal(1);
        await Promise.resolve();
        running--;
        const how = result(peer);
        if (how === 'sent') sent.push(`${peer}${text}`);
        return how;
      },
      cut: (peer, why) => void cut.push(`${peer} ${why}`),
    });
  });

  it('send in order, in turns, one at a time', async () => {
    for (const text of ['1', '2', '3']) for (const peer of ['a', 'b']) outboxes.push(peer, text);
    await clock.advance(0);
    expect(sent).to.deep.equal(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it('wait for who does not read, and hold up nobody for it', async () => {
    result = (peer) => (peer === 'slow' ? 'blocked' : 'sent');
    outboxes.push('slow', '1');
    outboxes.push('quick', '1');
    await clock.advance(1000);
    expect(sent).to.deep.equal(['quick1']);
    result = () => 'sent';
    await clock.advance(100);
    expect(sent).to.deep.equal(['quick1', 'slow1']);
  });

  it('cut off who lets more than 4 MiB wait, and who has gone', async () => {
    result = (peer) => (peer === 'slow' ? 'blocked' : 'gone');
    const large = 'x'.repeat(1024 * 1024);
    for (let count = 0; count < 6; count++) outboxes.push('slow', large);
    outboxes.push('left', '1');
    await clock.advance(100);
    expect(cut).to.deep.equal(['slow slow', 'left gone']);
  });

  it('send nothing more to who was dropped', async () => {
    outboxes.push('a', '1');
    outboxes.push('a', '2');
    outboxes.drop('a');
    await clock.advance(0);
    expect(sent, 'the first is under way').to.deep.equal(['a1']);
  });
});
