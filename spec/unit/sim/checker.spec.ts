import { expect } from 'chai';
import { check, INVARIANTS } from '../../sim/checker.js';
import type { CallEntry, Entry, Note, PublishEntry } from '../../sim/history.js';

/** A history by hand: each note at the time before it, ms. */
function history(...notes: readonly (readonly [at: number, note: Note])[]): Entry[] {
  return notes.map(([at, note]) => ({ at, ...note }));
}

function call(more: Partial<CallEntry> = {}): CallEntry {
  return {
    type: 'call',
    call: 1,
    by: 'c.1',
    kind: 'req',
    service: '@sim/a',
    what: 'plain',
    deadline: 1000,
    idempotent: false,
    calm: false,
    ...more,
  };
}

function publish(event: number, more: Partial<PublishEntry> = {}): PublishEntry {
  return { type: 'publish', event, by: 'a.1', topic: 'alarm', delivery: 'broadcast', calm: false, ...more };
}

const begin = (exec: number, of = 1, life = 'a.1', left = 500): Note => ({
  type: 'begin',
  exec,
  call: of,
  life,
  left,
  slack: 1,
});
const end = (exec: number, cut = false): Note => ({ type: 'end', exec, cut });
const ok = (of = 1, exec = 10): Note => ({ type: 'settled', call: of, outcome: 'OK', exec });
const accepted = (from: string): Note => ({ type: 'settled', call: 1, outcome: 'OK', from });
const ended = (outcome: 'NOT_SENT' | 'REJECTED' | 'UNKNOWN' | 'FAILED' | 'none', of = 1): Note => ({
  type: 'settled',
  call: of,
  outcome,
});
const handle = (event: number, life = 'b.1'): Note => ({ type: 'handle', event, life, service: '@sim/b' });
const handled = (event: number, life = 'b.1'): Note => ({ type: 'handled', event, life, service: '@sim/b' });
const gap = (missing: number, topic = 'alarm'): Note => ({
  type: 'gap',
  life: 'b.1',
  from: 'a.1',
  topic,
  missing,
});
const fault = (what: 'ready' | 'crash' | 'freeze' | 'thaw' | 'stop' | 'stopped', on: string): Note => ({
  type: 'fault',
  what,
  on,
});
const routable = (by: string, life: string): Note => ({ type: 'routable', by, life });
const rest = {
  type: 'rest',
  life: 'b.1',
  hears: true,
  running: 0,
  pending: 0,
  knows: ['a.1'],
  exist: ['a.1'],
  ejected: [],
} as const;
const eject = { type: 'eject', by: 'c.1', life: 'a.1', out: 1, of: 2, again: false, until: 100 } as const;

/** Call 1, run and answered. */
const fine = history([0, call()], [1, begin(10)], [2, end(10)], [3, ok()]);
const repeats = (idempotencyKey: string): Entry[] =>
  history(
    [0, call({ idempotencyKey })],
    [1, begin(10)],
    [2, end(10)],
    [3, call({ call: 2, idempotencyKey })],
  );
const keyed = (...notes: readonly (readonly [number, Note])[]): Entry[] =>
  history(
    [0, call({ key: 'k' })],
    [0, call({ call: 2, key: 'k' })],
    ...notes,
    [50, ok(1, 10)],
    [50, ok(2, 20)],
  );
const retries = (count: number): Entry[] =>
  history(
    [0, call()],
    ...Array.from({ length: count }, (): readonly [number, Note] => [
      5,
      { type: 'retry', by: 'c.1', service: '@sim/a' },
    ]),
    [6, ended('NOT_SENT')],
  );
const live = (...notes: readonly (readonly [number, Note])[]): Entry[] =>
  history([0, publish(1)], [1, publish(2)], [2, publish(3)], ...notes);

/** Call 1, while an instance is there. */
const there = (...notes: readonly (readonly [number, Note])[]): Entry[] =>
  history([0, fault('ready', 'a.1')], [200, call()], ...notes);
const receipt = (event: number, instances: number): Note => ({
  type: 'receipt',
  event,
  instances,
  dropped: 0,
});

/** For each invariant: histories that keep it and those that break it. */
const CASES: Readonly<
  Record<string, { readonly green: readonly Entry[][]; readonly red: readonly Entry[][] }>
> = {
  'nothing is broken': { green: [fine], red: [history([0, { type: 'broken', what: 'b.1: threw' }])] },
  'at most once': {
    green: [
      fine,
      history([0, call({ idempotent: true })], [1, begin(10)], [2, begin(11, 1, 'a.2')], [3, ok()]),
    ],
    red: [history([0, call()], [1, begin(10)], [2, begin(11, 1, 'a.2')], [3, ok()])],
  },
  'outcomes are true': {
    green: [
      fine,
      history([0, call()], [3, ended('NOT_SENT')]),
      history([0, call()], [1, begin(10)], [3, ended('UNKNOWN')]),
      [...repeats('k'), ...history([4, ok(1)], [4, ok(2)])],
      history([0, call({ kind: 'sig' })], [1, accepted('a.1')], [2, fault('crash', 'a.1')]),
    ],
    red: [
      history([0, call({ kind: 'sig' })], [1, accepted('a.1')], [2, fault('crash', 'a.2')]),
      history([0, call()], [1, begin(10)], [3, ended('NOT_SENT')]),
      history([0, call()], [1, begin(10)], [3, ended('REJECTED')]),
      history([0, call()], [3, ended('FAILED')]),
      history([0, call()], [3, ok()]),
      history([0, call()], [1, begin(11)], [3, ok()]),
      history([0, call()], [3, ended('none')]),
    ],
  },
  'each call settles once, in time': {
    green: [
      fine,
      history([0, call()], [1005, ended('UNKNOWN')]),
      history([0, call()], [5, fault('crash', 'c.1')]),
      history(
        [0, call()],
        [900, fault('freeze', 'c.1')],
        [2000, fault('thaw', 'c.1')],
        [2001, ended('UNKNOWN')],
      ),
      history(
        [0, call()],
        [1002, fault('freeze', 'c.1')],
        [2000, fault('thaw', 'c.1')],
        [2001, ended('UNKNOWN')],
      ),
    ],
    red: [
      history(
        [0, call()],
        [1010, fault('freeze', 'c.1')],
        [2000, fault('thaw', 'c.1')],
        [2001, ended('UNKNOWN')],
      ),
      history([0, call()]),
      history([0, call()], [1010, ended('UNKNOWN')]),
      history(
        [0, call()],
        [900, fault('freeze', 'c.2')],
        [2000, fault('thaw', 'c.2')],
        [2001, ended('UNKNOWN')],
      ),
      [...fine, ...history([4, ended('UNKNOWN')])],
    ],
  },
  'nothing begins after its deadline': {
    green: [
      fine,
      history([0, call()], [1001.5, begin(10)], [1003, ended('UNKNOWN')]),
      history([0, call({ kind: 'sig' })], [1, ok()], [1500, begin(10)]),
    ],
    red: [
      history([0, call()], [1002.5, begin(10)], [1003, ended('UNKNOWN')]),
      history([0, call()], [900, begin(10, 1, 'a.1', 0)], [1003, ended('UNKNOWN')]),
    ],
  },
  'only where it was meant to': {
    green: [history([0, call({ only: 'a.1' })], [1, begin(10)], [2, ok()])],
    red: [
      history([0, call({ only: 'a.2' })], [1, begin(10)], [2, ok()]),
      history([0, call()], [1, fault('crash', 'a.1')], [2, begin(10)], [3, ok()]),
    ],
  },
  'a repeat is answered, not run': {
    green: [
      [...repeats('k'), ...history([4, ok(1)], [4, ok(2)])],
      // Cut off, it says nothing of what it would have been.
      history(
        [0, call({ idempotencyKey: 'k' })],
        [1, begin(10)],
        [2, end(10, true)],
        [3, begin(11)],
        [4, end(11)],
        [5, ok(1, 11)],
      ),
    ],
    red: [
      [...repeats('k'), ...history([4, begin(20, 2)], [5, end(20)], [6, ok(1)], [6, ok(2, 20)])],
      history(
        [0, call({ idempotencyKey: 'k' })],
        [1, begin(10)],
        [2, end(10, true)],
        [3, begin(11, 1, 'a.2')],
        [5, ok(1, 11)],
      ),
    ],
  },
  'equal keys run in turn': {
    green: [
      keyed([1, begin(10)], [2, end(10)], [2, begin(20, 2)], [3, end(20)]),
      keyed([1, begin(10)], [1, begin(20, 2, 'a.2')], [2, end(10)], [3, end(20)]),
      // It waited for another instance when this one came.
      keyed([0, routable('c.1', 'a.1')], [1, begin(20, 2)], [2, end(20)], [2, begin(10)], [3, end(10)]),
    ],
    red: [
      keyed([0, routable('c.1', 'a.2')], [1, begin(20, 2)], [2, end(20)], [2, begin(10)], [3, end(10)]),
      keyed([1, begin(10)], [2, begin(20, 2)], [3, end(10)], [3, end(20)]),
      keyed([1, begin(20, 2)], [2, end(20)], [2, begin(10)], [3, end(10)]),
    ],
  },
  'equal keys run together': {
    green: [
      history(
        [0, call({ key: 'k' })],
        [1, begin(10)],
        [2, call({ call: 2, key: 'k' })],
        [3, begin(20, 2, 'a.2')],
        [4, ok(1)],
        [4, ok(2, 20)],
      ),
      history([0, call({ key: 'k', calm: true })], [1, begin(10)], [2, ok(1)]),
    ],
    red: [
      history(
        [0, call({ key: 'k', calm: true })],
        [1, begin(10)],
        [2, call({ call: 2, key: 'k', calm: true })],
        [3, begin(20, 2, 'a.2')],
        [4, ok(1)],
        [4, ok(2, 20)],
      ),
    ],
  },
  'events arrive in order, once': {
    green: [
      live([3, handle(1)], [4, handled(1)], [5, handle(2)], [6, handled(2)], [7, handle(3)], [8, handled(3)]),
    ],
    red: [
      live([3, handle(2)], [4, handled(2)], [5, handle(1)], [6, handled(1)], [7, handle(3)]),
      live([3, handle(1)], [4, handle(2)], [5, handled(1)], [6, handled(2)], [7, handle(3)]),
      live(
        [3, handle(1)],
        [4, handled(1)],
        [5, handle(1)],
        [6, handled(1)],
        [7, handle(2)],
        [8, handled(2)],
        [9, handle(3)],
      ),
      live([3, handle(9)]),
    ],
  },
  'a group handles an event once': {
    green: [history([0, publish(1, { delivery: 'group' })], [1, handle(1)])],
    red: [history([0, publish(1, { delivery: 'group' })], [1, handle(1)], [1, handle(1, 'b.2')])],
  },
  'a broadcast arrives once': {
    green: [history([0, publish(1)], [1, handle(1)], [1, handle(1, 'b.2')])],
    red: [history([0, publish(1)], [1, handle(1)], [2, handled(1)], [3, handle(1)])],
  },
  'reported loss is real loss': {
    green: [
      live([3, handle(1)], [4, handled(1)], [5, gap(1)], [5, handle(3)], [6, handled(3)]),
      // What a broken connection takes with it is not seen.
      live([3, handle(1)], [4, handled(1)], [5, { type: 'closed', life: 'b.1', to: 'a.1' }]),
      live([3, handle(1)], [4, handled(1)], [5, fault('crash', 'b.1')]),
    ],
    red: [
      live([3, handle(1)], [4, handled(1)], [5, handle(3)], [6, handled(3)]),
      live([3, handle(1)], [4, handled(1)], [5, gap(2)], [5, handle(3)], [6, handled(3)]),
      history([0, publish(1, { topic: 'news', delivery: 'group' })], [1, handle(1)], [2, gap(1, 'news')]),
    ],
  },
  'retries stay within their budget': { green: [retries(90)], red: [retries(120)] },
  'at most half are ejected': {
    green: [history([0, eject]), history([0, { ...eject, of: 1, again: true }])],
    red: [history([0, { ...eject, of: 1 }])],
  },
  'a graceful stop loses nothing': {
    green: [
      there([300, ended('UNKNOWN')]),
      there([300, { ...ended('NOT_SENT'), code: 'UNAVAILABLE' } as Note], [301, fault('crash', 'a.2')]),
      there([300, { ...ended('NOT_SENT'), code: 'UNAVAILABLE' } as Note], [301, fault('stop', 'a.1')]),
      history([0, publish(1)], [0, receipt(1, 1)], [1, handle(1)]),
    ],
    red: [
      there([300, { ...ended('NOT_SENT'), code: 'UNAVAILABLE' } as Note]),
      history([0, publish(1)], [0, receipt(1, 2)], [1, handle(1)]),
    ],
  },
  'what is asked in the calm succeeds': {
    green: [
      history([0, call({ calm: true })], [1, begin(10)], [2, ok()]),
      history([0, publish(1, { calm: true })], [1, handle(1)], [2, rest]),
    ],
    red: [
      history([0, call({ calm: true })], [1, ended('UNKNOWN')]),
      history([0, publish(1, { calm: true })], [2, rest]),
    ],
  },
  'all comes to rest': {
    green: [history([0, rest])],
    red: [
      history([0, { ...rest, running: 1 }]),
      history([0, { ...rest, pending: 1 }]),
      history([0, { ...rest, knows: [] }]),
      history([0, { ...rest, ejected: ['a.1'] }]),
    ],
  },
  'nothing is left': {
    green: [history([0, fault('stopped', 'b.1')], [1, { type: 'left', life: 'b.1', timers: 0 }])],
    red: [
      history([0, fault('stopped', 'b.1')], [1, { type: 'left', life: 'b.1', timers: 1 }]),
      history([1, { type: 'left', life: 'b.1', timers: 0 }]),
    ],
  },
};

describe('the checker of simulations', () => {
  it('has a history that keeps and one that breaks each of its invariants', () => {
    expect(Object.keys(CASES)).to.deep.equal(Object.keys(INVARIANTS));
  });

  for (const [name, { green, red }] of Object.entries(CASES)) {
    it(`sees whether ${name}`, () => {
      for (const one of green) expect(INVARIANTS[name]!(one), JSON.stringify(one)).to.deep.equal([]);
      for (const one of red) {
        const found = check(one).filter(({ invariant }) => invariant === name);
        expect(found, JSON.stringify(one)).to.have.length(1);
      }
    });
  }

  it('shows the entries that prove it', () => {
    const [violation] = check(history([0, call()], [1, begin(10)], [2, begin(11, 1, 'a.2')], [3, ok()]));
    expect(violation?.message)
      .to.match(/^Call 1 is not idempotent and was run 2 times\n/)
      .and.match(/2\.000 begin .*"a\.2"/);
  });
});
