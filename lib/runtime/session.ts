import type { Batch } from '../wire/codec.js';
import { IdMap } from './id-map.js';
import type { InboundContext } from './inbound-context.js';
import { PeerClock } from './peer-clock.js';

/** Where a message's answer goes: one direction of a connection. */
export interface Channel {
  readonly queuedBytes: number;
  /** @returns false when it was not taken */
  send(part: string, head?: string): boolean;
  /** Takes back what `wanted` says of what was sent without a head and has not left, in order. */
  withdraw(wanted: (part: string) => boolean): string[];
  flushed(): Promise<void>;
  close(): void;
}

/** One peer that connected here and said HELLO. */
export class Session {
  readonly clock = new PeerClock();
  /** Requests and signals being handled, by correlation id. */
  readonly running = new IdMap<InboundContext>();
  /** When it was last heard, on this process's clock, ms. */
  heardAt = 0;
  /** It was asked for a sign and gave none, nor any since: frozen, or gone without a word. */
  mute = false;
  private barrier: { readonly ping: number; readonly resolve: () => void }[] = [];

  constructor(
    readonly channel: Channel,
    /** Id of the peer's instance. */
    readonly instance: string,
  ) {}

  heard(batch: Batch, now: number): void {
    this.heardAt = now;
    this.mute = false;
    this.clock.heard(batch.sentAt, now);
  }

  /** Resolves at the PONG to `ping` or to a later one: all that the peer sent before it saw that has arrived by then. */
  pongTo(ping: number): Promise<void> {
    return new Promise((resolve) => this.barrier.push({ ping, resolve }));
  }

  /** The peer has answered `ping`; Infinity: it never will. */
  pong(ping: number): void {
    const waiting = this.barrier;
    this.barrier = waiting.filter((one) => one.ping > ping);
    for (const one of waiting) if (one.ping <= ping) one.resolve();
  }
}
