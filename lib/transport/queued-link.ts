import type { Timer } from '../../nucleus/clock.js';
import type { Batch } from '../wire/codec.js';
import type { LinkHost } from './link-host.js';
import type { Frames } from './batch-encoder.js';
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
  /** A batch that the network refused; it goes first. */
  private unsent: Frames | undefined;
  private retry: Timer | undefined;
  private retryDelay = FIRST_RETRY;
  private drained: (() => void)[] = [];
  protected ended = false;
  /** Connected: until then the outbox only gathers. */
  protected ready = false;

  constructor(
    readonly remote: string,
    private readonly target: string,
    protected readonly host: LinkHost,
    private readonly listener: LinkListener,
  ) {
    this.outbox = new Outbox(host.budget);
  }

  protected abstract transmit(frames: Frames): Transmission | Promise<Transmission>;
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
    const idle = this.outbox.isEmpty && this.unsent === undefined && !this.pumping;
    if (this.ended || idle) return Promise.resolve();
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
    if (this.ended) return;
    try {
      this.listener.received(this, batch);
    } catch (error) {
      // The reader of a socket serves others too: it must not end by what one message does.
      this.host.fault(error);
    }
  }

  /** The network takes messages again. */
  protected unblocked(): void {
    if (this.retry === undefined) return;
    this.retry.cancel();
    this.retry = undefined;
    void this.pump();
  }

  protected end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    this.retry?.cancel();
    this.unsent = undefined;
    this.outbox.clear();
    this.release();
    this.settle();
    this.listener.closed(this, reason);
  }

  private readonly flush = (): void => {
    this.scheduled = false;
    void this.pump();
  };

  private async pump(): Promise<void> {
    if (this.pumping || this.ended || !this.ready || this.retry !== undefined) return;
    this.pumping = true;
    while (this.unsent !== undefined || !this.outbox.isEmpty) {
      this.unsent ??= this.host.encoder.encode(this.outbox.take(), this.target);
      const transmission = await this.transmit(this.unsent);
      if (this.ended) return;
      if (transmission === 'gone') {
        this.end('disconnected');
        return;
      }
      if (transmission === 'blocked') {
        this.retry = this.host.clock.after(this.retryDelay, () => this.unblocked());
        this.retryDelay = Math.min(this.retryDelay * 2, LAST_RETRY);
        break;
      }
      this.outbox.sent();
      this.unsent = undefined;
      this.retryDelay = FIRST_RETRY;
    }
    this.pumping = false;
    if (this.retry === undefined) this.settle();
  }

  private settle(): void {
    const waiting = this.drained;
    this.drained = [];
    for (const resolve of waiting) resolve();
  }
}
