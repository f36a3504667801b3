import type { Batch } from '../wire/codec.js';
import type { InboundContext } from './inbound-context.js';
import { PeerClock } from './peer-clock.js';

/** Where a message's answer goes: one direction of a connection. */
export interface Channel {
  readonly queuedBytes: number;
  /** @returns false when it was not taken */
  send(part: string): boolean;
  flushed(): Promise<void>;
  close(): void;
}

/** One peer that connected here and said HELLO. */
export class Session {
  readonly clock = new PeerClock();
  /** Requests and signals being handled, by correlation id. */
  readonly running = new Map<number, InboundContext>();
  /** When it was last heard, on this process's clock, ms. */
  heardAt = 0;
  private barrier: (() => void)[] = [];

  constructor(
    readonly channel: Channel,
    /** Id of the peer's instance. */
    readonly instance: string,
  ) {}

  heard(batch: Batch, now: number): void {
    this.heardAt = now;
    this.clock.heard(batch.sentAt, now);
  }

  /** Resolves at the peer's next PONG: all that it sent before it saw our PING has arrived by then. */
  nextPong(): Promise<void> {
    return new Promise((resolve) => this.barrier.push(resolve));
  }

  pong(): void {
    const waiting = this.barrier;
    this.barrier = [];
    for (const resolve of waiting) resolve();
  }
}
