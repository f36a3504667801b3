import { expect } from 'chai';
import { ReplayRing } from '../../../lib/runtime/replay-ring.js';
import type { ActiveSubscription } from '../../../lib/runtime/subscriptions.js';

describe('ReplayRing', () => {
  const subscription = (id: number): ActiveSubscription => ({ id }) as ActiveSubscription;
  const [one, two] = [subscription(1), subscription(2)];

  /** The first bytes that an event without a text takes, for so many recipients. */
  const bytesFor = (recipients: number): number => 200 + 16 * recipients;

  it('keeps what fits, the newest', () => {
    const ring = new ReplayRing(3, 1e6);
    for (let at = 1; at <= 5; at++) ring.meant(ring.add(`${at}`), one, at);
    expect(ring.after(one, 0).map(({ sequence }) => sequence)).to.deep.equal([3, 4, 5]);
  });

  it('counts those whom an event is meant for', () => {
    const many = Array.from({ length: 100 }, (_, at) => subscription(at));
    const ring = new ReplayRing(1e6, 10 * bytesFor(100));
    for (let at = 1; at <= 50; at++) {
      const event = ring.add('');
      for (const each of many) ring.meant(event, each, at);
    }
    expect(ring.after(many[7]!, 0).map(({ sequence }) => sequence)).to.deep.equal(
      Array.from({ length: 10 }, (_, at) => 41 + at),
    );
  });

  it('has room again for what is meant for others now, and for what has left', () => {
    const ring = new ReplayRing(1e6, 10 * bytesFor(1));
    for (let round = 0; round < 100; round++) {
      const event = ring.add('');
      ring.meant(event, one, round + 1);
      ring.move(one, round, two, round);
      ring.change(event, two, 0);
      ring.meant(event, one, round + 1);
    }
    expect(ring.after(one, 0)).to.have.length(10);
    const early = ring.add('');
    for (let at = 0; at < 20; at++) ring.meant(ring.add(''), one, 200 + at);
    for (let at = 0; at < 20; at++) ring.meant(early, subscription(at), at + 1);
    expect(ring.after(one, 0)).to.have.length(10);
  });
});
