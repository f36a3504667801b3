/** Entries on each level; past this many the level starts again. */
const MAX_ENTRIES = 1000;

/**
 * Remembers something for pairs of names, such as service and topic, in bounded space: what is forgotten is
 * made again. Nested, since joining two names into one key costs more than most of what is remembered saves.
 */
export class PairMemo<T> {
  private readonly outer = new Map<string, Map<string, T>>();

  get(first: string, second: string): T | undefined {
    return this.outer.get(first)?.get(second);
  }

  set(first: string, second: string, value: T): void {
    let inner = this.outer.get(first);
    if (inner === undefined) {
      if (this.outer.size >= MAX_ENTRIES) this.outer.clear();
      this.outer.set(first, (inner = new Map()));
    }
    if (inner.size >= MAX_ENTRIES) inner.clear();
    inner.set(second, value);
  }

  clear(): void {
    this.outer.clear();
  }
}
