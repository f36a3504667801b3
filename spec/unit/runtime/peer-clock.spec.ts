import { expect } from 'chai';
import fc from 'fast-check';
import { PeerClock } from '../../../lib/runtime/peer-clock.js';

describe('PeerClock', () => {
  it('knows no better than the fastest message', () => {
    const peer = new PeerClock();
    peer.heard(1000, 50_007);
    peer.heard(2000, 51_002);
    peer.heard(3000, 52_040);
    expect(peer.toLocal(5000)).to.equal(54_002);
  });

  it('gives a message that waited no more time than it had left', () => {
    const peer = new PeerClock();
    peer.heard(0, 100);
    // Sent at 1,000 with 500 ms left, read after a freeze of 3 s.
    peer.heard(1000, 4100);
    expect(peer.toLocal(1500)).to.equal(1600);
  });

  it('follows a clock that drifts, within two minutes', () => {
    const peer = new PeerClock();
    const drift = 1.001;
    for (let now = 0; now <= 600_000; now += 500) peer.heard(now / drift, now);
    const real = 600_000 - 600_000 / drift;
    const seen = peer.toLocal(0);
    expect(real - seen).to.be.within(0, 120_500 * (1 - 1 / drift));
  });

  it('never gives more than what really is left plus the shortest delay', () => {
    const delays = fc.array(fc.nat(5000), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(delays, fc.integer(), (all, offset) => {
        const peer = new PeerClock();
        all.forEach((delay, index) => peer.heard(index * 100, index * 100 + offset + delay));
        expect(peer.toLocal(0)).to.equal(offset + Math.min(...all));
      }),
    );
  });
});
