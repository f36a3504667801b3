import { expect } from 'chai';
import { Latency } from '../../../lib/delivery/latency.js';

describe('Latency', () => {
  it('is not known at first, and again once it is forgotten', () => {
    const latency = new Latency();
    expect(latency.now(0)).to.equal(0);
    latency.observe(5, 0);
    expect(latency.now(0)).to.equal(5);
    latency.forget();
    expect(latency.now(0)).to.equal(0);
  });

  it('jumps up to a peak at once, and comes down over seconds', () => {
    const latency = new Latency();
    latency.observe(5, 0);
    latency.observe(500, 10);
    expect(latency.now(10)).to.equal(500);
    for (let at = 20; at <= 1000; at += 10) latency.observe(5, at);
    expect(latency.now(1000)).to.be.within(100, 400);
    for (let at = 1010; at <= 15_000; at += 10) latency.observe(5, at);
    expect(latency.now(15_000)).to.be.within(5, 8);
  });

  it('comes down while nothing is asked, so that the instance is tried again', () => {
    const latency = new Latency();
    latency.observe(500, 0);
    expect(latency.now(20_000)).to.be.lessThan(10);
  });

  it('counts turning calls away as slow, more so each time, up to a second', () => {
    const latency = new Latency();
    latency.observe(1, 0);
    latency.penalize(0);
    const first = latency.now(0);
    expect(first).to.be.greaterThan(10);
    latency.penalize(0);
    expect(latency.now(0)).to.equal(2 * first);
    for (let n = 0; n < 20; n++) latency.penalize(0);
    expect(latency.now(0)).to.equal(1000);
  });
});
