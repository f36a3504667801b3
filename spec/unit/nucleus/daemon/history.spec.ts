import { expect } from 'chai';
import { History } from '../../../../nucleus/daemon/history.js';
import type { HistoryEntry } from '../../../../nucleus/daemon/http-api.js';

describe('the history', () => {
  const change: Omit<HistoryEntry, 'sequence'> = {
    at: 1,
    instance: 'a',
    services: [],
    type: 'joined',
    health: 'alive',
    reason: '',
  };
  const filled = (count: number): History => {
    const history = new History();
    for (let n = 0; n < count; n++) history.add(change);
    return history;
  };
  const sequences = (history: History, since?: number) =>
    history.since(since).map(({ sequence }) => sequence);

  it('counts from 1 and gives what came after', () => {
    const history = filled(4);
    expect(sequences(history)).to.deep.equal([1, 2, 3, 4]);
    expect(sequences(history, 2)).to.deep.equal([3, 4]);
    expect(sequences(history, 4)).to.deep.equal([]);
    expect(sequences(history, 99)).to.deep.equal([]);
    expect(sequences(history, -5)).to.deep.equal([1, 2, 3, 4]);
  });

  it('keeps the last 1,000', () => {
    for (const count of [1000, 1001, 1999, 2000, 2001, 5500]) {
      const kept = sequences(filled(count));
      expect(kept, String(count)).to.have.length(1000);
      expect([kept[0], kept.at(-1)]).to.deep.equal([count - 999, count]);
    }
  });

  it('tells who listens, until they do not', () => {
    const history = new History();
    const heard: number[] = [];
    const end = history.subscribe(({ sequence }) => heard.push(sequence));
    history.add(change);
    end();
    history.add(change);
    expect(heard).to.deep.equal([1]);
  });
});
