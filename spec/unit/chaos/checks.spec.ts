import { expect } from 'chai';
import {
  answeredUnexecuted,
  executedAfterDeadline,
  executedTwice,
  failedByOutcome,
  inFlightAt,
  latencies,
  missing,
  percentile,
  repeated,
  shareOf,
  timesOut,
  total,
  turned,
  wholeAfter,
} from '../../chaos/checks.js';
import { type Calls, type Execution, readServer, readSubscriber, type Sight } from '../../chaos/history.js';

/** Calls sent 10 ms apart, each with its end and outcome. */
function calls(...each: readonly (readonly [ended: number, outcome?: string])[]): Calls {
  return {
    id: each.map((_, n) => n),
    due: each.map((_, n) => n * 10),
    sent: each.map((_, n) => n * 10 + 1),
    ended: each.map(([ended]) => ended),
    outcome: each.map(([, outcome = '']) => outcome),
    code: each.map(() => ''),
    by: each.map(() => 0),
  };
}

const ran = (server: number, id: number, at: number): Execution => ({ server, id, at, remaining: 1 });

function sight(at: number, instance: string, state: 'in' | 'unroutable' | 'ejected'): Sight {
  const routable = state !== 'unroutable';
  return { at, instance, routable, connected: true, breaker: state === 'ejected' ? 'ejected' : 'closed' };
}

describe("chaos' checks", () => {
  it('count failures by outcome, within a span of when they were due', () => {
    const history = calls([5], [15, 'UNKNOWN'], [25, 'REJECTED'], [35, 'UNKNOWN']);
    expect(failedByOutcome(history)).to.deep.equal({ UNKNOWN: 2, REJECTED: 1 });
    expect(failedByOutcome(history, { from: 10, to: 30 })).to.deep.equal({ UNKNOWN: 1, REJECTED: 1 });
    expect(total(failedByOutcome(history))).to.equal(3);
    expect(failedByOutcome(history, { to: 10 })).to.deep.equal({});
  });

  it('count latency from when a request was due, so that a late generator hides nothing', () => {
    expect(latencies(calls([5], [40], [25, 'UNKNOWN']))).to.deep.equal([5, 30, 5]);
  });

  it('give the value that a share of the values does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(percentile(hundred, 0.99)).to.equal(99);
    expect(percentile(hundred, 1)).to.equal(100);
    expect(percentile([7], 0.5)).to.equal(7);
    expect(percentile([], 0.99)).to.equal(0);
  });

  it('count what had been sent and not ended', () => {
    const history = calls([5], [100], [25], [100]);
    expect(inFlightAt(history, 22)).to.equal(2);
    expect(inFlightAt(history, 3)).to.equal(1);
    expect(inFlightAt(history, 200)).to.equal(0);
  });

  it('find what a handler began after its deadline, but for the warm-up', () => {
    const history = calls([5], [15]);
    const executions = [ran(0, 0, 90), ran(0, 1, 117), ran(0, -1, 9999)];
    expect(executedAfterDeadline(history, executions, 100, 5)).to.deep.equal([executions[1]]);
    expect(executedAfterDeadline(history, executions, 100, 10)).to.deep.equal([]);
  });

  it('find what ran twice, on one instance or two, once each', () => {
    expect(executedTwice([ran(0, 1, 0), ran(1, 2, 0), ran(1, 1, 5), ran(2, 1, 6), ran(2, 3, 7)])).to.equal(1);
    expect(executedTwice([ran(0, 1, 0), ran(0, 2, 0)])).to.equal(0);
  });

  it('find answers to what nobody ran', () => {
    expect(answeredUnexecuted(calls([5], [15], [25, 'UNKNOWN']), [ran(0, 0, 2)])).to.equal(1);
  });

  it('tell how long it took until an instance was out, and until it was in again', () => {
    const sights = [
      sight(0, 'a', 'in'),
      sight(0, 'b', 'in'),
      sight(120, 'a', 'ejected'),
      sight(400, 'a', 'in'),
    ];
    expect(turned(sights, 'a', 100)).to.equal(20);
    expect(turned(sights, 'a', 300, true)).to.equal(100);
    expect(turned(sights, 'a', 500, true)).to.equal(0);
    expect(turned(sights, 'b', 100)).to.equal(undefined);
    expect(turned([...sights, sight(110, 'b', 'unroutable')], 'b', 100)).to.equal(10);
  });

  it('count how often instances went out, not those that were never in', () => {
    const sights = [
      sight(0, 'new', 'unroutable'),
      sight(1, 'a', 'in'),
      sight(2, 'a', 'ejected'),
      sight(3, 'a', 'unroutable'),
      sight(4, 'a', 'in'),
      sight(5, 'a', 'unroutable'),
    ];
    expect(timesOut(sights)).to.equal(2);
    expect(timesOut(sights, (instance) => instance !== 'a')).to.equal(0);
  });

  it('give the share of one server within a span, without the warm-up', () => {
    const executions = [ran(0, -1, 1), ran(0, 1, 2), ran(1, 2, 3), ran(1, 3, 4), ran(1, 4, 9)];
    expect(shareOf(executions, 0)).to.equal(0.25);
    expect(shareOf(executions, 1, { from: 9 })).to.equal(1);
    expect(shareOf([], 1)).to.equal(0);
  });

  it('find what is missing and what is there again', () => {
    expect(missing([1, 2, 3], [3, 1, 1])).to.deep.equal([2]);
    expect(repeated([3, 1, 1])).to.equal(1);
  });

  it('tell when a server knew all others for good', () => {
    const known = [
      { server: 0, count: 2, at: 5 },
      { server: 0, count: 1, at: 50 },
      { server: 0, count: 2, at: 70 },
      { server: 1, count: 1, at: 60 },
    ];
    expect(wholeAfter(known, 0, 2, 60)).to.equal(10);
    expect(wholeAfter(known, 0, 2, 80)).to.equal(0);
    expect(wholeAfter(known, 1, 2, 60)).to.equal(undefined);
    expect(wholeAfter(known, 2, 2, 60)).to.equal(undefined);
  });

  it('read what servers and subscribers noted, whose last line may be cut off', () => {
    expect(readServer(3, 'x 7 1.5 99\ne 4 2\np 7 1\nk 2 8\nx 8 1')).to.deep.equal({
      executions: [{ server: 3, id: 7, at: 1.5, remaining: 99 }],
      events: [{ server: 3, n: 4 }],
      published: [{ server: 3, id: 7, instances: 1 }],
      known: [{ server: 3, count: 2, at: 8 }],
    });
    expect(readSubscriber('b 1 0\nd 1 0\nbehind 7.5\nlost 8\nb 2 0\nd 2')).to.deep.equal({
      begun: [1, 2],
      done: [1],
      behind: [7.5],
      lost: [8],
    });
  });
});
