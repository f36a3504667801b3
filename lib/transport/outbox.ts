/** A batch is cut at these, so that the two sides of a busy connection work at the same time. */
export const MAX_BATCH_PARTS = 128;
export const MAX_BATCH_BYTES = 64 * 1024;

/**
 * What waits for one recipient: encoded parts in order, bounded in bytes. Each is kept as two texts, its head and
 * itself, one after the other in one list (`encodeBatch` joins those of equal heads).
 * Sizes are counted in UTF-16 units, which is exact for ASCII and low by at most a factor of three.
 */
export class Outbox {
  private texts: string[] = [];
  /** Where the first that waits begins. */
  private start = 0;
  private bytes = 0;
  private taken = 0;

  constructor(private readonly budget: number) {}

  /** What waits, and what was taken out and has not been sent yet. */
  get queuedBytes(): number {
    return this.bytes + this.taken;
  }

  get isEmpty(): boolean {
    return this.start === this.texts.length;
  }

  /** True when `parts` wait, or the bytes of a whole batch: no need to gather more before sending. */
  holds(parts: number): boolean {
    return this.texts.length - this.start >= 2 * parts || this.bytes >= MAX_BATCH_BYTES;
  }

  /** @returns false when it does not fit. A part larger than the whole budget fits an empty outbox. */
  add(part: string, head = ''): boolean {
    const queued = this.bytes + this.taken;
    const size = head.length + part.length;
    if (queued > 0 && queued + size > this.budget) return false;
    this.texts.push(head, part);
    this.bytes += size;
    return true;
  }

  /**
   * The next batch, taken out: heads and parts, alternating; empty when nothing waits. Larger than the limit only
   * when it is one part. It counts as queued until `sent` is called.
   */
  take(): string[] {
    const { texts, start } = this;
    let end = start;
    let size = 0;
    while (end < texts.length && end - start < 2 * MAX_BATCH_PARTS) {
      const length = texts[end]!.length + texts[end + 1]!.length;
      if (end > start && size + length > MAX_BATCH_BYTES) break;
      size += length;
      end += 2;
    }
    this.bytes -= size;
    this.taken = size;
    if (start === 0 && end === texts.length) {
      this.texts = [];
      return texts;
    }
    const batch = texts.slice(start, end);
    // They may be long, and the list stays for a while.
    texts.fill('', start, end);
    this.start = end;
    if (end === texts.length) {
      this.texts = [];
      this.start = 0;
    } else if (end > 2048 && end * 2 > texts.length) {
      this.texts = texts.slice(end);
      this.start = 0;
    }
    return batch;
  }

  /** Takes out what `wanted` says of the parts without a head that wait and are in no batch yet, in order. */
  withdraw(wanted: (part: string) => boolean): string[] {
    const out: string[] = [];
    const rest: string[] = [];
    for (let at = this.start; at < this.texts.length; at += 2) {
      const head = this.texts[at]!;
      const part = this.texts[at + 1]!;
      if (head === '' && wanted(part)) {
        out.push(part);
        this.bytes -= part.length;
      } else rest.push(head, part);
    }
    this.texts = rest;
    this.start = 0;
    return out;
  }

  /** The batch that was taken last is on its way. */
  sent(): void {
    this.taken = 0;
  }

  clear(): void {
    this.texts = [];
    this.start = 0;
    this.bytes = 0;
    this.taken = 0;
  }
}
