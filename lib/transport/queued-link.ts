import type { Batch } from '../wire/codec.js';
import type { BatchEncoder } from './batch-encoder.js';
import { Outbox } from './outbox.js';
import type { CloseReason, Link, LinkListener } from './transport.js';

/** What became of one batch. `blocked`: the network is full, try again. `gone`: nobody is there any more. */
export type Transmission = 'sent' | 'blocked' | 'gone';

/** Waits before a blocked link tries again, ms: doubled each time up to the last. */
const FIRST_RETRY = 1;
const LAST_RETRY = 50;

/**
 * The half of a link that every transport shares: an outbox, gathered for a turn of the event loop and
 * pumped out batch by batch. A transport adds how one batch is transmitted.
 */
export abstract class QueuedLink implements Link {
  private readonly outbox: Outbox;
  private scheduled = false;
  private pumping = false;
  private retry: NodeJS.Timeout | undefined;
  private retryDelay = FIRST_RETRY;
  private drained: (() => void)[] = [];
  protected ended = false;
  /** Connected: until then the outbox only gathers. */
  protected ready = false;

  constructor(
    readonly remote: string,
    protected readonly target: string,
    private readonly encoder: BatchEncoder,
    protected readonly listener: LinkListener,
    budget: number,
  ) {
    this.outbox = new Outbox(budget);
  }

  protected abstract transmit(frames: Buffer[]): Promise<Transmission>;
  /** Frees what the link holds of the transport. */
  protected abstract release(): void;
  abstract pause(): void;
  abstract resume(): void;

  get queuedBytes(): number {
    return this.outbox.queuedBytes;
  }

  send(part: string): boolean {
    if (this.ended || !this.outbox.add(part)) return false;
    if (!this.ready || this.pumping || this.retry !== undefined) return true;
    if (this.outbox.hasFullBatch) void this.pump();
    else if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(this.flush);
    }
    return true;
  }

  flushed(): Promise<void> {
    if (this.ended || (this.outbox.isEmpty && !this.pumping)) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  close(): void {
    this.end('closed');
  }

  protected opened(): void {
    if (this.ended || this.ready) return;
    this.ready = true;
    this.listener.opened?.(this);
    void this.pump();
  }

  protected received(batch: Batch): void {
    if (!this.ended) this.listener.received(this, batch);
  }

  protected end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.retry);
    this.outbox.clear();
    this.release();
    this.settle();
    this.listener.closed(this, reason);
  }

  private readonly flush = (): void => {
    this.scheduled = false;
    void this.pump();
  };

  /** A batch that the network refused; it goes first. */
  private unsent: Buffer[] | undefined;

  private async pump(): Promise<void> {
    if (this.pumping || this.ended || !this.ready) return;
    this.pumping = true;
    let frames: Buffer[] | undefined = this.unsent;
    for (;;) {
      if (frames === undefined) {
        if (this.outbox.isEmpty) break;
        frames = this.encoder.encode(this.outbox.take(), this.target);
      }
      const transmission = await this.transmit(frames);
      if (this.ended) return;
      if (transmission === 'gone') {
        this.end('disconnected');
        return;
      }
      if (transmission === 'blocked') {
        this.unsent = frames;
        this.retry = setTimeout(() => {
          this.retry = undefined;
          void this.pump();
        }, this.retryDelay);
        this.retryDelay = Math.min(this.retryDelay * 2, LAST_RETRY);
        this.pumping = false;
        return;
      }
      this.retryDelay = FIRST_RETRY;
      this.unsent = undefined;
      frames = undefined;
    }
    this.pumping = false;
    this.settle();
  }

  private settle(): void {
    const waiting = this.drained;
    this.drained = [];
    for (const resolve of waiting) resolve();
  }
}
