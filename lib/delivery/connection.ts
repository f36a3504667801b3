import { bounded } from '../../nucleus/bounded.js';
import type { Clock, Random, Timer } from '../../nucleus/clock.js';
import type { Directory } from '../../nucleus/directory.js';
import type { Link, LinkListener } from '../transport/transport.js';
import { type Batch, encodeEnvelope } from '../wire/codec.js';
import type { Envelope } from '../wire/envelope.js';
import { infoRecord } from './info-record.js';
import type { Pulse } from './pulse.js';

/** A peer that has said nothing for this long, though it was asked, is unanswered, ms. */
const UNANSWERED = 1400;
/**
 * A PING is sent when nothing was heard for this long, ms, and when nothing was said: a subscriber that only
 * ever hears would look dead to its publisher.
 */
const QUIET = 400;
/** Waits between attempts to connect, ms: doubled from the first to the last, with full jitter above the half. */
const FIRST_RETRY = 50;
const LAST_RETRY = 2000;
/** A session that lasted this long, ms, was a good one: after its loss the waits begin anew. */
const STEADY = 2000;
/** How long a goodbye may wait for a peer that does not read, ms. */
const LAST_WORD = 1000;

const HELLO = encodeEnvelope({ t: 'hello' });
const LEAVING = encodeEnvelope({ t: 'bye', why: 'leaving' });

/** What connections share. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly pulse: Pulse;
  readonly directory: Directory;
  /** Of whoever watches a great many: a PING is sent after this long without a word, ms, below 1,100. Default 400. */
  readonly quiet?: number | undefined;
  connect(endpoint: string, target: string, listener: LinkListener): Link;
}

/** What the owner of a connection is told. */
export interface ConnectionListener {
  /** A session is open: the peer is who it should be. Called again after each reconnection. */
  ready(): void;
  message(envelope: Envelope): void;
  /** The session is lost; another is tried for. Not called when none was open, or this side ended it. */
  lost(): void;
  /** An attempt to connect failed; another will be made. */
  refused?(): void;
}

/**
 * A session with one remote instance on one of its sockets, kept up until it is stopped: connects, makes
 * sure by HELLO and INFO that it is that instance, watches it by PING, and tells the directory what it sees.
 */
export class Connection {
  private link: Link | undefined;
  private open = false;
  private stopped = false;
  /** Its last word is on its way: what becomes of the link now is nobody's loss. */
  private leaving = false;
  private heardAt = 0;
  private envelopeSize = 0;
  /** When the last batch was sent, on the peer's clock. */
  private toldAt = 0;
  /** When something was sent last, or up to a pulse before that. */
  private saidAt = 0;
  /** Something was sent since the last beat: a note of the time would cost each message a reading of the clock. */
  private said = false;
  private beatAt = 0;
  private openedAt = 0;
  private reported = false;
  private paused = false;
  private pings = 0;
  private retry: Timer | undefined;
  private retryDelay = FIRST_RETRY;
  /** Who waits for the answer to a ping, or to a later one. */
  private barrier: { readonly ping: number; readonly resolve: () => void }[] = [];

  constructor(
    private readonly host: ConnectionHost,
    readonly instance: string,
    private readonly endpoint: string,
    private readonly listener: ConnectionListener,
  ) {}

  /** When the peer was heard last, on the clock, ms. */
  get lastHeard(): number {
    return this.heardAt;
  }

  /** When the peer sent what was heard last, on the peer's clock, ms. */
  get lastTold(): number {
    return this.toldAt;
  }

  /** Characters of one envelope of what was heard last, on average. */
  get lastSize(): number {
    return this.envelopeSize;
  }

  get isReady(): boolean {
    return this.open;
  }

  start(): void {
    this.host.pulse.add(this.beat);
    this.dial();
  }

  /** @returns false when no session is open, or the byte budget is used up */
  send(part: string, head?: string): boolean {
    if (!this.open || !this.link!.send(part, head)) return false;
    this.said = true;
    return true;
  }

  /** Reads nothing until `resume`, or until the connection is another. */
  pause(): void {
    this.paused = true;
    this.link?.pause();
  }

  resume(): void {
    this.paused = false;
    this.link?.resume();
  }

  /** Resolves when the peer has taken all that was sent to it, and all that it had sent has arrived; or it is gone or mute. */
  settled(): Promise<void> {
    if (this.reported || !this.send(encodeEnvelope({ t: 'ping', i: ++this.pings }))) return Promise.resolve();
    const ping = this.pings;
    return new Promise((resolve) => this.barrier.push({ ping, resolve }));
  }

  /** Ends it for good, with a word to the peer; waits at most a second for it to be taken. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.leaving = true;
    if (this.send(LEAVING)) await bounded(this.host.clock, LAST_WORD, this.link!.flushed());
    this.abandon();
  }

  /** Ends it for good, at once. */
  abandon(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.host.pulse.remove(this.beat);
    this.retry?.cancel();
    this.link?.close();
    this.settle();
  }

  private dial(): void {
    this.heardAt = this.host.clock.now();
    this.paused = false;
    this.link = this.host.connect(this.endpoint, this.instance, {
      received: (link, batch) => this.received(link, batch),
      closed: (link) => this.closed(link),
    });
    this.link.send(HELLO);
  }

  private received(link: Link, batch: Batch): void {
    if (link !== this.link) return;
    if (batch.sender !== this.instance) {
      // Another instance has the port now; the one that is wanted has gone.
      link.close();
      return;
    }
    this.heardAt = this.host.clock.now();
    this.toldAt = batch.sentAt;
    this.envelopeSize = batch.size / Math.max(1, batch.envelopes.length);
    if (this.reported) {
      this.reported = false;
      this.host.directory.observe(this.instance, 'answered');
    }
    for (const envelope of batch.envelopes) this.take(link, envelope);
  }

  private take(link: Link, envelope: Envelope): void {
    switch (envelope.t) {
      case 'info': {
        const record = infoRecord(envelope, this.instance);
        if (record === undefined) return;
        this.host.directory.offer(record, 'peer');
        if (this.open || this.link !== link) return;
        this.open = true;
        this.openedAt = this.host.clock.now();
        this.host.directory.observe(this.instance, 'connected');
        this.listener.ready();
        break;
      }
      case 'ping':
        link.send(encodeEnvelope({ t: 'pong', i: envelope.i }));
        break;
      case 'pong':
        this.settle(envelope.i);
        break;
      case 'bye':
        if (envelope.why === 'draining') this.host.directory.observe(this.instance, 'draining');
        else if (envelope.why === 'leaving') this.host.directory.observe(this.instance, 'goodbye');
        else link.close();
        break;
      default:
        this.listener.message(envelope);
    }
  }

  private closed(link: Link): void {
    if (link !== this.link) return;
    const wasOpen = this.open;
    this.open = false;
    this.link = undefined;
    this.settle();
    if (this.stopped || this.leaving) return;
    // Dial before telling: what the directory's listeners do may stop this connection.
    this.schedule(wasOpen && this.host.clock.now() - this.openedAt >= STEADY);
    this.host.directory.observe(this.instance, wasOpen ? 'disconnected' : 'refused');
    if (wasOpen) this.listener.lost();
    else this.listener.refused?.();
  }

  /** The first attempt after the loss of a steady session is made at once: it tells a crash from a broken connection. */
  private schedule(steady: boolean): void {
    const delay = steady ? 0 : this.retryDelay * (0.5 + this.host.random() / 2);
    this.retryDelay = steady ? FIRST_RETRY : Math.min(this.retryDelay * 2, LAST_RETRY);
    this.retry = this.host.clock.after(delay, () => {
      if (!this.stopped) this.dial();
    });
  }

  private readonly beat = (now: number, trusted: boolean): void => {
    if (this.link === undefined) return;
    // Silence proves nothing where this side does not listen.
    if (!trusted || this.paused) this.heardAt = now;
    if (this.said) this.saidAt = this.beatAt;
    this.said = false;
    this.beatAt = now;
    const silence = now - this.heardAt;
    if (silence >= UNANSWERED && !this.reported) {
      this.reported = true;
      this.settle();
      this.host.directory.observe(this.instance, 'unanswered');
    }
    const { quiet = QUIET } = this.host;
    if (silence >= quiet || now - this.saidAt >= quiet) {
      this.send(encodeEnvelope({ t: 'ping', i: ++this.pings }));
    }
  };

  /** Those who wait for the answer to `ping` or one before it; all of them if it is not said. */
  private settle(ping = Infinity): void {
    if (this.barrier.length === 0) return;
    const waiting = this.barrier;
    this.barrier = waiting.filter((one) => one.ping > ping);
    for (const one of waiting) if (one.ping <= ping) one.resolve();
  }
}
