/** How many may have left before the list is made shorter: then that costs little for each. */
const MANY = 1024;

/** First in, first out. What has left is let go of at once, though the list that it was in stays for a while. */
export class Queue<T> {
  private readonly items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** The first, taken out; undefined when there is none. */
  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) this.clear();
    else if (this.head > MANY && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }

  /** False when it is not in here. */
  delete(item: T): boolean {
    const place = this.items.indexOf(item, this.head);
    if (place === -1) return false;
    this.items.splice(place, 1);
    if (this.length === 0) this.clear();
    return true;
  }

  /** All of them, in order. */
  list(): T[] {
    return this.items.slice(this.head) as T[];
  }

  /** All of them, taken out. */
  takeAll(): T[] {
    const all = this.list();
    this.clear();
    return all;
  }

  private clear(): void {
    this.items.length = 0;
    this.head = 0;
  }
}
