import { expect } from 'chai';
import { widthOf } from '../../../../nucleus/cli/output.js';
import { next } from '../../../../nucleus/cli/top-screen.js';
import { arranged, ORDERS, screen, type TopState } from '../../../../nucleus/cli/top-view.js';
import type { TrafficRow } from '../../../../nucleus/cli/traffic.js';

const row = (name: string, over: Partial<TrafficRow> = {}): TrafficRow => ({
  service: '@a/b',
  kind: 'request',
  name,
  instances: 1,
  count: 1,
  errors: 0,
  perSecond: 0,
  errorsPerSecond: 0,
  inFlight: 0,
  p50: 1,
  p99: 1,
  max: 1,
  ...over,
});
const START: TopState = { order: 'rate', filter: '', typing: false, scroll: 0 };
const SUMMARY = { environment: 'e', instances: 1, silent: 0 };
const names = (rows: readonly TrafficRow[]): string[] => rows.map(({ name }) => name);

describe('the rows of atom top', () => {
  it('are in the order that is asked for', () => {
    const rows = [row('a', { p99: 9 }), row('b', { perSecond: 5 }), row('c', { errorsPerSecond: 1 })];
    expect(names(arranged(rows, 'rate', ''))).to.deep.equal(['b', 'a', 'c']);
    expect(names(arranged(rows, 'errors', ''))).to.deep.equal(['c', 'a', 'b']);
    expect(names(arranged(rows, 'latency', ''))).to.deep.equal(['a', 'b', 'c']);
    expect(names(arranged(rows, 'name', ''))).to.deep.equal(['a', 'b', 'c']);
  });

  it('do not change places for a small difference', () => {
    expect(
      names(arranged([row('a', { perSecond: 100.4 }), row('b', { perSecond: 100.6 })], 'rate', '')),
    ).to.deep.equal(['a', 'b']);
  });

  it('are those that the filter lets through', () => {
    expect(names(arranged([row('Place'), row('take')], 'rate', 'pla'))).to.deep.equal(['Place']);
  });
});

describe('the screen of atom top', () => {
  it('never takes more than the terminal has', () => {
    const rows = Array.from({ length: 100 }, (_, index) => row(`operation-${index}`));
    for (const [width, height] of [
      [80, 24],
      [20, 5],
      [200, 60],
    ] as const) {
      const lines = screen(rows, SUMMARY, START, { width, height });
      expect(lines).to.have.length(height);
      for (const line of lines) expect(widthOf(line)).to.be.at.most(width);
    }
  });

  it('scrolls, and says how many rows are below', () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(`operation-${String(index).padStart(2, '0')}`));
    const lines = screen(rows, SUMMARY, { ...START, scroll: 30 }, { width: 120, height: 24 });
    expect(lines[3]).to.include('operation-30');
    expect(lines.at(-1)).to.include('scroll');
    expect(screen(rows, SUMMARY, START, { width: 120, height: 24 }).at(-1)).to.include('30 more');
    expect(screen(rows, SUMMARY, { ...START, scroll: 1000 }, { width: 120, height: 24 })[22]).to.include(
      'operation-49',
    );
  });

  it('says so when there is nothing to show', () => {
    expect(screen([], SUMMARY, START, { width: 80, height: 24 }).join('\n')).to.include(
      'No service is seen yet',
    );
    expect(
      screen([row('a')], SUMMARY, { ...START, filter: 'zz' }, { width: 80, height: 24 }).join('\n'),
    ).to.include("Nothing matches 'zz'");
  });
});

describe('the keys of atom top', () => {
  it('go through the orders with s', () => {
    let state = START;
    const seen = ORDERS.map(() => (state = next(state, 's', 's', 10)).order);
    expect(seen).to.deep.equal([...ORDERS.slice(1), ORDERS[0]]);
  });

  it('type a filter after /, q and s included', () => {
    let state = next(START, undefined, '/', 10);
    for (const letter of 'sqx') state = next(state, letter, letter, 10);
    state = next(state, 'backspace', '\u007f', 10);
    expect(state).to.include({ typing: true, filter: 'sq' });
    expect(next(state, 'return', '\r', 10)).to.include({ typing: false, filter: 'sq' });
    expect(next(state, 'escape', '\u001b', 10)).to.include({ typing: false, filter: '' });
  });

  it('scroll no further than the rows', () => {
    expect(next(START, 'up', undefined, 3).scroll).to.equal(0);
    expect(next({ ...START, scroll: 2 }, 'pagedown', undefined, 3).scroll).to.equal(2);
  });
});
