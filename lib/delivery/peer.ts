import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { encodeEnvelope } from '../wire/codec.js';
import { decodeError } from '../wire/error-reply.js';
import type { Envelope, ErrorReply } from '../wire/envelope.js';
import type { Call } from './call.js';
import { Connection, type ConnectionHost } from './connection.js';

/** Calls that one connection carries at a time. */
export const MAX_IN_FLIGHT = 10_000;
/** A connection without calls is closed after this long, ms. */
const IDLE = 60_000;

/** What a peer tells of its calls. */
export interface PeerOwner {
  /** The call was not sent, or the server says that it did not run it: it may go elsewhere. */
  returned(call: Call, error: ErrorReply | undefined): void;
}

/** How one instance is doing as a target, for `app.status()`. */
export interface PeerView {
  readonly instance: string;
  readonly services: readonly string[];
  readonly routable: boolean;
  readonly connected: boolean;
  readonly inFlight: number;
  /** Requests and signals sent to it. */
  readonly sent: number;
  /** When the last was sent, ms on the process's monotonic clock; undefined before the first. */
  readonly lastSentAt: number | undefined;
}

/** One remote instance as a target of calls: connects when first needed, correlates answers. */
export class Peer {
  /** Whether new calls may go there: the directory's word. */
  routable = false;
  private connection: Connection | undefined;
  private readonly calls = new Map<number, Call>();
  /** Calls that wait for the session. */
  private waiting = new Set<Call>();
  private nextId = 0;
  private sent = 0;
  private lastSentAt: number | undefined;
  private usedAt = 0;
  private held = false;

  constructor(
    private readonly host: ConnectionHost,
    private readonly owner: PeerOwner,
    public record: InstanceRecord,
  ) {}

  get instance(): string {
    return this.record.id;
  }

  /** True while a session is open. */
  get isConnected(): boolean {
    return this.connection?.isReady ?? false;
  }

  get inFlight(): number {
    return this.calls.size + this.waiting.size;
  }

  /** Connects now, and stays connected without calls: whoever watches an instance sees at once when it dies. */
  hold(): void {
    this.held = true;
    if (this.connection === undefined) this.connect();
  }

  /** @returns false when it has too many calls already, or its byte budget is used up: nothing was sent */
  dispatch(call: Call, now: number): boolean {
    if (this.inFlight >= MAX_IN_FLIGHT) return false;
    call.peer = this;
    if (this.connection === undefined) this.connect();
    if (this.connection!.isReady) return this.send(call, now);
    this.waiting.add(call);
    return true;
  }

  /** The caller has given up on it. */
  cancel(call: Call): void {
    if (!call.sent) this.waiting.delete(call);
    else if (this.calls.delete(call.id)) this.connection?.send(encodeEnvelope({ t: 'can', i: call.id }));
  }

  /** Gives back the calls that still wait for a session. */
  giveBack(): void {
    for (const call of this.takeWaiting()) {
      call.peer = undefined;
      this.owner.returned(call, undefined);
    }
  }

  /** Ends the connection when nothing has used it for a while. */
  rest(now: number): void {
    if (this.connection === undefined || this.held || this.inFlight > 0 || now - this.usedAt < IDLE) return;
    void this.connection.stop();
    this.connection = undefined;
  }

  /** The instance is gone for good, or the process ends. */
  close(): void {
    this.connection?.abandon();
    this.connection = undefined;
    this.lose();
    this.giveBack();
  }

  /** Says goodbye and ends the connection. */
  async stop(): Promise<void> {
    await this.connection?.stop();
    this.close();
  }

  view(): PeerView {
    return {
      instance: this.instance,
      services: this.record.services.map((service) => service.name),
      routable: this.routable,
      connected: this.isConnected,
      inFlight: this.inFlight,
      sent: this.sent,
      lastSentAt: this.lastSentAt,
    };
  }

  private connect(): void {
    this.usedAt = this.host.clock.now();
    this.connection = new Connection(this.host, this.instance, this.record.endpoint, {
      ready: () => this.sendWaiting(),
      message: (envelope) => this.message(envelope),
      lost: () => this.lose(),
      refused: () => this.giveBack(),
    });
    this.connection.start();
  }

  private sendWaiting(): void {
    const now = this.host.clock.now();
    for (const call of this.takeWaiting()) if (!this.send(call, now)) this.owner.returned(call, undefined);
  }

  private *takeWaiting(): IterableIterator<Call> {
    const waiting = this.waiting;
    this.waiting = new Set();
    // What is given up on meanwhile is no longer in either.
    for (const call of waiting) if (!call.settled) yield call;
  }

  private send(call: Call, now: number): boolean {
    call.id = ++this.nextId;
    if (!this.connection!.send(call.encode())) {
      call.peer = undefined;
      return false;
    }
    call.sent = true;
    call.attempts++;
    this.calls.set(call.id, call);
    this.sent++;
    this.usedAt = this.lastSentAt = now;
    return true;
  }

  private message(envelope: Envelope): void {
    if (envelope.t !== 'res' && envelope.t !== 'err' && envelope.t !== 'acc') return;
    const call = this.calls.get(envelope.i);
    // Unknown: it was given up on before its answer came.
    if (call === undefined) return;
    this.calls.delete(envelope.i);
    if (envelope.t !== 'err') call.succeed(envelope, this.instance);
    else if (envelope.o === 'REJECTED' && envelope.c === 'UNAVAILABLE') this.owner.returned(call, envelope);
    else {
      call.fail(
        decodeError(envelope, { service: call.service, operation: call.what, instance: this.instance }),
      );
    }
  }

  private lose(): void {
    const lost = [...this.calls.values()];
    this.calls.clear();
    for (const call of lost) {
      call.failLocally(
        'UNAVAILABLE',
        `The connection to '${call.service}' (instance ${this.instance}) was lost before '${call.what}' was answered`,
        'UNKNOWN',
      );
    }
  }
}
