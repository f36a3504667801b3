import type { HistoryEntry } from './http-api.js';

/** How many changes are remembered. */
export const MAX_HISTORY = 1000;

/** What changed in the mesh and why: the last 1,000 changes. */
export class History {
  private entries: HistoryEntry[] = [];
  private last = 0;
  private readonly listeners = new Set<(entry: HistoryEntry) => void>();

  /** Gives the entry its sequence, remembers it and tells who listens. */
  add(change: Omit<HistoryEntry, 'sequence'>): HistoryEntry {
    const entry: HistoryEntry = { sequence: ++this.last, ...change };
    this.entries.push(entry);
    // Cut now and then, not at each entry: a shift moves all.
    if (this.entries.length >= 2 * MAX_HISTORY) this.entries = this.entries.slice(-MAX_HISTORY);
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  /** The entries after `sequence`, oldest first; all that are remembered by default. */
  since(sequence = 0): readonly HistoryEntry[] {
    const wanted = Math.min(MAX_HISTORY, this.last - Math.min(Math.max(sequence, 0), this.last));
    return wanted === 0 ? [] : this.entries.slice(-wanted);
  }

  /** Calls `listener` after each entry; returns the function that ends it. */
  subscribe(listener: (entry: HistoryEntry) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
