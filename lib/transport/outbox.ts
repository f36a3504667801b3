/** A batch is cut at these, so that the two sides of a busy connection work at the same time. */
export const MAX_BATCH_PARTS = 128;
export const MAX_BATCH_BYTES = 64 * 1024;

/**
 * What waits for one recipient: encoded envelopes in order, bounded in bytes.
 * Sizes are counted in UTF-16 units, which is exact for ASCII and low by at most a factor of three.
 */
export class Outbox {
  private parts: string[] = [];
  private head = 0;
  private bytes = 0;
  private taken = 0;

  constructor(private readonly budget: number) {}

  /** What waits, and what was taken out and has not been sent yet. */
  get queuedBytes(): number {
    return this.bytes + this.taken;
  }

  get isEmpty(): boolean {
    return this.head === this.parts.length;
  }

  /** True when `parts` wait, or the bytes of a whole batch: no need to gather more before sending. */
  holds(parts: number): boolean {
    return this.parts.length - this.head >= parts || this.bytes >= MAX_BATCH_BYTES;
  }

  /** @returns false when it does not fit. A part larger than the whole budget fits an empty outbox. */
  add(part: string): boolean {
    const queued = this.bytes + this.taken;
    if (queued > 0 && queued + part.length > this.budget) return false;
    this.parts.push(part);
    this.bytes += part.length;
    return true;
  }

  /**
   * The next batch, taken out; empty when nothing waits. Larger than the limit only when it is one part.
   * It counts as queued until `sent` is called.
   */
  take(): string[] {
    const { parts, head } = this;
    let end = head;
    let size = 0;
    while (end < parts.length && end - head < MAX_BATCH_PARTS) {
      const { length } = parts[end]!;
      if (end > head && size + length > MAX_BATCH_BYTES) break;
      size += length;
      end++;
    }
    this.bytes -= size;
    this.taken = size;
    if (head === 0 && end === parts.length) {
      this.parts = [];
      return parts;
    }
    const batch = parts.slice(head, end);
    this.head = end;
    if (end === parts.length) {
      this.parts = [];
      this.head = 0;
    } else if (end > 1024 && end * 2 > parts.length) {
      this.parts = parts.slice(end);
      this.head = 0;
    }
    return batch;
  }

  /** The batch that was taken last is on its way. */
  sent(): void {
    this.taken = 0;
  }

  clear(): void {
    this.parts = [];
    this.head = 0;
    this.bytes = 0;
    this.taken = 0;
  }
}
