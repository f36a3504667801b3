import { expect } from 'chai';
import { Breaker } from '../../../lib/delivery/breaker.js';

describe('Breaker', () => {
  let allowed: boolean;
  let changes: string[];
  let breaker: Breaker;
  const probe = {};
  const other = {};

  beforeEach(() => {
    allowed = true;
    changes = [];
    breaker = new Breaker(
      () => 1,
      () => allowed,
      () => void changes.push(breaker.state),
    );
  });

  const fail = (times: number, now = 0) => {
    for (let n = 0; n < times; n++) breaker.failed(other, now);
  };
  const succeed = (times: number) => {
    for (let n = 0; n < times; n++) breaker.succeeded(other, 0);
  };

  it('ejects at the fifth failure in a row, for five seconds', () => {
    fail(4);
    expect(breaker.state).to.equal('closed');
    fail(1, 100);
    expect(breaker.state).to.equal('ejected');
    expect(breaker.ejectedUntil).to.equal(5100);
  });

  it('ejects under 80 % success over the last 20 calls, and not at 80 %', () => {
    for (let round = 0; round < 30; round++) {
      succeed(4);
      fail(1);
    }
    expect(breaker.state).to.equal('closed');
    fail(1);
    expect(breaker.state).to.equal('ejected');
  });

  it('lets one call find out when the time is over', () => {
    fail(5);
    breaker.rest(4999);
    expect(breaker.state).to.equal('ejected');
    breaker.rest(5000);
    expect(breaker.state).to.equal('half-open');
    breaker.begun(probe);
    breaker.succeeded(probe, 5001);
    expect(breaker.state).to.equal('closed');
    expect(changes).to.deep.equal(['ejected', 'half-open', 'probing', 'closed']);
    fail(4, 5002);
    expect(breaker.state).to.equal('closed');
  });

  it('ejects for longer each time in a row, for a minute at most, and begins anew after a good minute', () => {
    fail(5);
    const lasted: number[] = [];
    let now = 0;
    for (let n = 0; n < 14; n++) {
      lasted.push(breaker.ejectedUntil - now);
      now = breaker.ejectedUntil;
      breaker.rest(now);
      breaker.begun(probe);
      breaker.failed(probe, now);
    }
    expect(lasted.slice(0, 3)).to.deep.equal([5000, 10_000, 15_000]);
    expect(Math.max(...lasted)).to.equal(60_000);
    now = breaker.ejectedUntil;
    breaker.rest(now);
    breaker.begun(probe);
    breaker.succeeded(probe, now);
    fail(5, now + 60_001);
    expect(breaker.ejectedUntil - now - 60_001).to.equal(5000);
  });

  it('is jittered, never above the time', () => {
    for (const random of [0, 0.5]) {
      const one = new Breaker(
        () => random,
        () => true,
        () => {},
      );
      for (let n = 0; n < 5; n++) one.failed({}, 0);
      expect(one.ejectedUntil).to.equal(5000 * (0.8 + 0.2 * random));
    }
  });

  it('ejects nobody where it may not', () => {
    allowed = false;
    fail(50);
    expect(breaker.state).to.equal('closed');
    allowed = true;
    fail(1);
    expect(breaker.state).to.equal('ejected');
  });

  it('takes the next call where the probe was given up, or the instance has come back', () => {
    fail(5);
    breaker.revive();
    expect(breaker.state).to.equal('half-open');
    breaker.begun(probe);
    breaker.unproved(probe);
    expect(breaker.state).to.equal('half-open');
  });

  it('is not moved by late results of other calls while it is ejected', () => {
    fail(5);
    succeed(30);
    fail(10);
    expect(breaker.state).to.equal('ejected');
    expect(breaker.ejections).to.equal(1);
  });
});
