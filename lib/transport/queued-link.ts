import type { Timer } from '../../nucleus/clock.js';
import type { Batch } from '../wire/codec.js';
import type { LinkHost } from './link-host.js';
import type { Frame } from './batch-encoder.js';
import { MAX_BATCH_PARTS, Outbox } from './outbox.js';
import type { CloseReason, Link, LinkListener } from './transport.js';

/** What became of one batch. `blocked`: the network is full, try again. `gone`: nobody is there any more. */
export type Transmission = 'sent' | 'blocked' | 'gone';

/**
 * The first batch of a turn is cut at this many, so that the other side has work while this one goes on: with 64
 * requests in flight, both sides work at the same time.
 */
const FIRST_PARTS = 32;

/** What is chained to it runs after the promises that are due now. (`queueMicrotask` makes objects for diagnostics, each time.) */
const SOON = Promise.resolve();

/** Waits before a blocked link tries again, ms: doubled each time up to the last. */
const FIRST_RETRY = 1;
const LAST_RETRY = 50;

/**
 * How what is queued leaves. `idle`: nothing was queued in this turn of the event loop. `first`: what is queued
 * leaves once the promises that are due now have run, so that a lone message does not wait. `gathering`: something
 * has left in this turn; the rest waits for the turn's end, to leave in one batch.
 */
type Phase = 'idle' | 'first' | 'gathering';

/**
 * The half of a link that every transport shares: an outbox, gathered for a turn of the event loop and
 * pumped out batch by batch. A transport adds how one batch is transmitted.
 */
export abstract class QueuedLink implements Link {
  private readonly outbox: Outbox;
  private phase: Phase = 'idle';
  private pumping = false;
  /** A batch that the network refused; it goes first. */
  private unsent: Frame | undefined;
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

  /** Hands one batch to the network and calls `transmitted` with what became of it, at once or later. */
  protected abstract transmit(frame: Frame): void;
  /** Frees what the link holds of the transport. */
  protected abstract release(): void;
  abstract pause(): void;
  abstract resume(): void;

  get queuedBytes(): number {
    return this.outbox.queuedBytes;
  }

  send(part: string, head?: string): boolean {
    if (this.ended || !this.outbox.add(part, head)) return false;
    if (!this.ready || this.pumping || this.retry !== undefined) return true;
    if (this.phase === 'idle') {
      this.phase = 'first';
      void SOON.then(this.leaveFirst);
    }
    if (this.phase === 'gathering') {
      if (this.outbox.holds(MAX_BATCH_PARTS)) this.pump();
    } else if (this.outbox.holds(FIRST_PARTS)) this.leaveFirst();
    return true;
  }

  withdraw(wanted: (part: string) => boolean): string[] {
    return this.outbox.withdraw(wanted);
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
    this.pump();
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
    this.pump();
  }

  protected end(reason: CloseReason): void {
    if (this.ended) return;
    this.ended = true;
    this.retry?.cancel();
    this.unsent = undefined;
    this.release();
    this.settle();
    this.listener.closed(this, reason);
    this.outbox.clear();
  }

  private readonly leaveFirst = (): void => {
    if (this.phase !== 'first') return;
    this.phase = 'gathering';
    setImmediate(this.endTurn);
    this.pump();
  };

  private readonly endTurn = (): void => {
    // Where the network is full, what waits leaves as soon as it takes messages again.
    if (this.outbox.isEmpty || this.retry !== undefined) {
      this.phase = 'idle';
      return;
    }
    // Busy: the next turn is gathered from its beginning.
    setImmediate(this.endTurn);
    this.pump();
  };

  private pump(): void {
    if (this.pumping || this.ended || !this.ready || this.retry !== undefined) return;
    if (this.unsent === undefined && this.outbox.isEmpty) return;
    this.pumping = true;
    this.unsent ??= this.host.encoder.encode(this.outbox.take(), this.target);
    this.transmit(this.unsent);
  }

  protected transmitted(result: Transmission): void {
    if (this.ended) return;
    if (result === 'gone') {
      this.end('disconnected');
      return;
    }
    this.pumping = false;
    if (result === 'blocked') {
      this.retry = this.host.clock.after(this.retryDelay, () => this.unblocked());
      this.retryDelay = Math.min(this.retryDelay * 2, LAST_RETRY);
      return;
    }
    this.outbox.sent();
    this.unsent = undefined;
    this.retryDelay = FIRST_RETRY;
    if (this.outbox.isEmpty) this.settle();
    else this.pump();
  }

  private settle(): void {
    const waiting = this.drained;
    this.drained = [];
    for (const resolve of waiting) resolve();
  }
}
