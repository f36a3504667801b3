/** Slots at first, and at most; always a power of two. */
const LEAST = 16;
const MOST = 16_384;

/**
 * A map for ids that count up, of which few are present at a time: correlation ids. An id has its slot, and an
 * array holds them; an id whose slot is taken by one that stays long goes to a map beside it.
 *
 * Not a `Map`, because one that is written all the time outgrows its table again and again, and each outgrown table
 * that has reached V8's old generation keeps all that it held alive until the next major collection.
 */
export class IdMap<T> {
  private ids: number[] = filled(LEAST, -1);
  private values: (T | undefined)[] = filled(LEAST, undefined);
  private overflow: Map<number, T> | undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(id: number): T | undefined {
    const slot = id % this.ids.length;
    return this.ids[slot] === id ? this.values[slot] : this.overflow?.get(id);
  }

  /** Replaces what was there. */
  set(id: number, value: T): void {
    if (this.get(id) === undefined) this.count++;
    while (!this.put(id, value)) {
      if (this.ids.length >= MOST) {
        (this.overflow ??= new Map<number, T>()).set(id, value);
        return;
      }
      this.grow();
    }
  }

  /** @returns whether it was there */
  delete(id: number): boolean {
    const slot = id % this.ids.length;
    if (this.ids[slot] === id) {
      this.ids[slot] = -1;
      this.values[slot] = undefined;
    } else if (this.overflow?.delete(id) !== true) return false;
    this.count--;
    return true;
  }

  /** Everything that is there now, in no particular order. */
  list(): T[] {
    const present = this.values.filter((value) => value !== undefined);
    return this.overflow === undefined ? present : [...present, ...this.overflow.values()];
  }

  clear(): void {
    this.ids = filled(LEAST, -1);
    this.values = filled(LEAST, undefined);
    this.overflow = undefined;
    this.count = 0;
  }

  private put(id: number, value: T): boolean {
    const slot = id % this.ids.length;
    const there = this.ids[slot]!;
    if ((there !== -1 && there !== id) || this.overflow?.has(id) === true) return false;
    this.ids[slot] = id;
    this.values[slot] = value;
    return true;
  }

  private grow(): void {
    const { ids, values } = this;
    const capacity = ids.length * 4;
    this.ids = filled(capacity, -1);
    this.values = filled(capacity, undefined);
    // Two ids that had slots of their own have so among more of them.
    ids.forEach((id, slot) => {
      if (id === -1) return;
      this.ids[id % capacity] = id;
      this.values[id % capacity] = values[slot];
    });
  }
}

function filled<T>(length: number, value: T): T[] {
  return new Array<T>(length).fill(value);
}
