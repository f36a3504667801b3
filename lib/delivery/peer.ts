import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { AtomError } from '../errors.js';
import { encodeEnvelope } from '../wire/codec.js';
import { decodeError } from '../wire/error-reply.js';
import type { Envelope, ErrorReply } from '../wire/envelope.js';
import type { Candidate } from './balancer.js';
import { Breaker } from './breaker.js';
import type { Call, CallCarrier } from './call.js';
import { Connection, type ConnectionHost } from './connection.js';
import { Latency } from './latency.js';
import type { PeerOwner, PeerWatcher } from './peer-owner.js';
import type { PeerView } from './peer-view.js';
import { isTurnedAway, lostError } from './retry-policy.js';
import { UnderWay } from './under-way.js';

/** Calls, and characters of their messages, that one connection carries at a time. */
export const MAX_IN_FLIGHT = 10_000;
export const MAX_IN_FLIGHT_SIZE = 16 * 1024 * 1024;
/** A connection without calls is closed after this long, ms. */
const IDLE = 60_000;

/** One remote instance as a target of calls: connects when first needed, correlates answers. */
export class Peer implements Candidate, CallCarrier {
  readonly breaker: Breaker;
  private isRoutable = false;
  private connection: Connection | undefined;
  private readonly calls = new UnderWay();
  /** Calls that wait for the session. */
  private waiting = new Set<Call>();
  /** Characters of their messages. */
  private waitingCharacters = 0;
  private sent = 0;
  private lastSentAt: number | undefined;
  private usedAt = 0;
  private held = false;
  private readonly slowness = new Latency();
  /** What was sent before says nothing of how it is now. */
  private backSince = 0;

  constructor(
    private readonly host: ConnectionHost,
    private readonly owner: PeerOwner,
    watcher: PeerWatcher,
    public record: InstanceRecord,
  ) {
    this.breaker = new Breaker(
      host.random,
      () => watcher.mayEject(this),
      () => watcher.turned(this),
    );
  }

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

  /** Whether new calls may go there: the directory's word. */
  get routable(): boolean {
    return this.isRoutable;
  }

  set routable(routable: boolean) {
    if (routable && !this.isRoutable) {
      this.backSince = this.host.clock.now();
      this.slowness.forget();
      this.breaker.revive();
    }
    this.isRoutable = routable;
  }

  latency(now: number): number {
    return this.slowness.now(now);
  }

  oldestAge(now: number): number {
    return this.calls.oldestAge(now);
  }

  /** Connects now, and stays connected without calls: whoever watches an instance sees at once when it dies. */
  hold(): void {
    this.held = true;
    if (this.connection === undefined) this.connect();
  }

  /** @returns false when it has too many calls already, or its byte budget is used up: nothing was sent */
  dispatch(call: Call, now: number): boolean {
    if (!this.hasRoom(call.size)) return false;
    call.peer = this;
    if (this.connection === undefined) this.connect();
    if (!this.connection!.isReady) {
      this.waiting.add(call);
      this.waitingCharacters += call.size;
    } else if (!this.send(call, now)) return false;
    this.breaker.begun(call);
    return true;
  }

  cancel(call: Call): void {
    if (this.withdraw(call)) this.breaker.unproved(call);
  }

  expire(call: Call): void {
    const { sent } = call;
    if (!this.withdraw(call)) return;
    const now = this.host.clock.now();
    if (sent && call.sentAt >= this.backSince) this.slowness.observe(now - call.sentAt, now);
    // While the directory says that it is away, its word is enough.
    if (sent && this.isRoutable && call.sentAt >= this.backSince) this.breaker.failed(call, now);
    else this.breaker.unproved(call);
  }

  /** Cancels what is under way, for another attempt elsewhere. An answer that comes first counts all the same. */
  overtake(id: number): void {
    this.connection?.send(encodeEnvelope({ t: 'can', i: id }));
  }

  forget(id: number): void {
    const call = this.calls.get(id);
    if (call !== undefined) this.calls.drop(id, call);
  }

  /** Calls that are under way here, and nowhere else. */
  underWay(): Call[] {
    return this.calls.list().filter((call) => call.peer === this && call.sent && this.calls.has(call));
  }

  /** Gives back the calls that still wait for a session. */
  giveBack(): void {
    for (const call of this.takeWaiting()) this.giveBackOne(call);
  }

  /** Ends the connection when nothing has used it for a while, and an ejection that is over. */
  rest(now: number): void {
    this.breaker.rest(now);
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
      breaker: this.breaker.state,
      ejections: this.breaker.ejections,
      latency: this.latency(this.host.clock.now()),
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
    for (const call of this.takeWaiting()) if (!this.send(call, now)) this.giveBackOne(call);
  }

  private giveBackOne(call: Call): void {
    call.peer = undefined;
    (call.tried ??= new Set()).add(this.instance);
    this.breaker.unproved(call);
    this.owner.returned(call);
  }

  private *takeWaiting(): IterableIterator<Call> {
    const waiting = this.waiting;
    this.waiting = new Set();
    this.waitingCharacters = 0;
    // What is given up on meanwhile is no longer in either.
    for (const call of waiting) if (!call.settled) yield call;
  }

  private send(call: Call, now: number): boolean {
    call.id = this.calls.nextId();
    if (!call.sendOn(this.connection!)) {
      call.peer = undefined;
      return false;
    }
    call.sent = true;
    call.sentAt = now;
    call.attempts++;
    this.calls.add(call);
    this.sent++;
    this.usedAt = this.lastSentAt = now;
    return true;
  }

  /** @returns false when it was not here any more */
  private withdraw(call: Call): boolean {
    if (call.sent) {
      if (!this.calls.has(call)) return false;
      this.calls.drop(call.id, call);
      this.connection?.send(encodeEnvelope({ t: 'can', i: call.id }));
    } else {
      if (!this.waiting.delete(call)) return false;
      this.waitingCharacters -= call.size;
    }
    return true;
  }

  private message(envelope: Envelope): void {
    if (envelope.t !== 'res' && envelope.t !== 'err' && envelope.t !== 'acc') return;
    const call = this.calls.get(envelope.i);
    // Unknown: it was given up on before its answer came.
    if (call === undefined) return;
    this.calls.drop(envelope.i, call);
    if (call.id !== envelope.i || call.peer !== this) {
      // Of an attempt that was overtaken: it has been cancelled, so only a result means anything.
      if (envelope.t === 'err') this.owner.lostOvertaken(call, this);
      else {
        call.peer?.cancel(call);
        call.succeed(envelope, this.instance);
      }
      return;
    }
    this.answered(call, envelope);
    if (envelope.t !== 'err') call.succeed(envelope, this.instance);
    else {
      const error = this.errorIn(call, envelope);
      if (isTurnedAway(envelope) || (error.outcome === 'FAILED' && error.retryable)) {
        this.owner.ended(call, error, this);
      } else call.fail(error);
    }
  }

  private errorIn(call: Call, reply: ErrorReply): AtomError {
    return decodeError(reply, { service: call.service, operation: call.what, instance: this.instance });
  }

  private answered(call: Call, envelope: Envelope): void {
    const now = this.connection!.lastHeard;
    if (envelope.t === 'err' && envelope.o === 'REJECTED') {
      if (isTurnedAway(envelope)) this.slowness.penalize(now);
    } else if (call.sentAt >= this.backSince) this.slowness.observe(now - call.sentAt, now);
    this.breaker.succeeded(call, now);
  }

  private hasRoom(size: number): boolean {
    const { inFlight } = this;
    if (inFlight === 0) return true;
    return (
      inFlight < MAX_IN_FLIGHT && this.calls.characters + this.waitingCharacters + size <= MAX_IN_FLIGHT_SIZE
    );
  }

  private lose(): void {
    const lost = new Set(this.underWay());
    const overtaken = this.calls.list().filter((call) => !lost.has(call));
    this.calls.clear();
    const now = this.host.clock.now();
    for (const call of lost) {
      this.breaker.failed(call, now);
      this.owner.ended(call, lostError(call, this.instance), this);
    }
    for (const call of overtaken) this.owner.lostOvertaken(call, this);
  }
}
