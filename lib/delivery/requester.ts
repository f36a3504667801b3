import type { Timer } from '../../nucleus/clock.js';
import type { Accepted, ErrorReply, Response } from '../wire/envelope.js';
import { AtomError } from '../errors.js';
import { closest } from '../metadata/closest.js';
import { currentMessage } from '../runtime/current-message.js';
import type { Headers } from '../runtime/context.js';
import { Deadlines } from '../runtime/deadlines.js';
import { PairMemo } from '../runtime/pair-memo.js';
import { decodeError } from '../wire/error-reply.js';
import { pick } from './balancer.js';
import { Call } from './call.js';
import type { ConnectionHost } from './connection.js';
import { encodeData, traced } from './encode-message.js';
import type { Peer } from './peer.js';
import { Routes } from './routes.js';

/** A call is handed to at most this many instances that turn it away. */
const MAX_ATTEMPTS = 3;

export interface RequesterOptions {
  /** Default deadline of a request, ms. */
  readonly requestTimeout: number;
  /** How long after the start a call waits for a service that is not known yet, ms. */
  readonly discoveryGrace: number;
  /** Largest encoded message, bytes. */
  readonly maxBody: number;
}

/** What one call asks for. */
export interface CallRequest {
  readonly kind: 'req' | 'sig';
  readonly service: string;
  /** Operation or topic. */
  readonly what: string;
  readonly data: unknown;
  /** The lexeme's, where there is one. */
  readonly version: number | undefined;
  /** The calling service, or empty. */
  readonly by: string;
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly instance?: string | undefined;
  readonly headers?: Headers | undefined;
  /** Makes the result of the answer; what it throws is the error. */
  readonly convert: (answer: Response | Accepted, instance: string) => unknown;
}

/** Which instance is called, how long is waited, and what is done when one turns the call away. */
export class Requester {
  readonly routes: Routes;
  readonly deadlines: Deadlines;
  /** Calls that wait, within the grace, for their service to become known. */
  private readonly unrouted = new Set<Call>();
  private readonly prefixes = { req: new PairMemo<string>(), sig: new PairMemo<string>() };
  private graceEnds = Infinity;
  private grace: Timer | undefined;
  private inFlight = 0;
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly host: ConnectionHost,
    private readonly options: RequesterOptions,
  ) {
    this.deadlines = new Deadlines(host.clock);
    this.routes = new Routes(host, { returned: (call, error) => this.returned(call, error) });
    this.routes.onRoutable(() => this.retryUnrouted());
  }

  /** Sockets are open and discovery runs: the grace begins. */
  started(): void {
    this.graceEnds = this.host.clock.now() + this.options.discoveryGrace;
    this.grace = this.host.clock.after(this.options.discoveryGrace, () => {
      // Timers of the system fire up to a millisecond early: what comes within it must not wait for another.
      this.graceEnds = -Infinity;
      for (const call of [...this.unrouted]) this.notFound(call);
    });
  }

  /** Resolves when no call is pending. */
  settled(): Promise<void> {
    return this.inFlight === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  /** Resolves to what `convert` makes of the answer; rejects with an AtomError that has an outcome. */
  call(request: CallRequest): Promise<unknown> {
    return new Promise((resolve, reject: (error: AtomError) => void) => {
      const current = currentMessage.get();
      const parent = current?.isFinished === true ? undefined : current;
      const { clock } = this.host;
      const now = clock.now();
      const timeout = request.timeout ?? this.options.requestTimeout;
      const deadline = Math.min(now + timeout, parent?.deadline ?? Infinity);
      let head: string;
      let json: string | undefined;
      try {
        if (this.closed) throw new AtomError('UNAVAILABLE', 'This client is closed');
        // What a handler's message ended with ends what the handler still asks for.
        if (parent?.cancelReason !== undefined) throw parent.cancelReason;
        if (request.signal?.aborted === true) {
          throw new AtomError('CANCELLED', 'The call was cancelled before it was made', {
            cause: request.signal.reason,
          });
        }
        head = this.head(request);
        json = encodeData(request.data, this.options.maxBody, request.service, request.what);
      } catch (thrown) {
        const error = AtomError.from(thrown);
        reject(
          new AtomError(error.code, error.message, {
            outcome: 'NOT_SENT',
            details: error.details,
            retryable: error.retryable,
            service: request.service,
            operation: request.what,
            cause: error.cause,
          }),
        );
        return;
      }
      const call = new Call(
        this,
        request.kind,
        request.service,
        request.what,
        head,
        json,
        deadline,
        Math.max(0, deadline - now),
        request.instance,
        parent,
        request.signal,
        request.convert,
        resolve,
        reject,
      );
      this.inFlight++;
      this.deadlines.add(call, deadline);
      if (deadline <= now) call.expire();
      else this.route(call, now);
    });
  }

  release(call: Call): void {
    if (--this.inFlight === 0) {
      const waiting = this.idle;
      this.idle = [];
      for (const resolve of waiting) resolve();
    }
    this.deadlines.remove(call);
    if (this.unrouted.size > 0) this.unrouted.delete(call);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.grace?.cancel();
    for (const call of [...this.unrouted]) {
      call.failLocally('CANCELLED', 'The application is closing', 'NOT_SENT');
    }
    await this.routes.close();
    this.deadlines.close();
  }

  private route(call: Call, now: number): void {
    if (this.closed) {
      call.failLocally('CANCELLED', 'The application is closing', 'NOT_SENT');
      return;
    }
    for (;;) {
      const peer = this.choose(call);
      if (peer === undefined) break;
      if (peer.dispatch(call, now)) return;
      (call.tried ??= new Set()).add(peer.instance);
    }
    if (call.tried !== undefined && this.isTurnedAway(call)) {
      call.failLocally(
        'RESOURCE_EXHAUSTED',
        `No instance of '${call.service}' takes more: each of the ${call.tried.size} asked has its limit of calls or bytes in flight, or turned it away`,
        call.attempts === 0 ? 'NOT_SENT' : 'REJECTED',
      );
    } else if (now < this.graceEnds) {
      call.tried = undefined;
      this.unrouted.add(call);
    } else this.notFound(call);
  }

  /** Whether an instance that it was offered to is there still: then that one is full, and not gone. */
  private isTurnedAway(call: Call): boolean {
    return this.routes.of(call.service).some(({ instance }) => call.tried!.has(instance));
  }

  private choose(call: Call): Peer | undefined {
    const peers = this.routes.of(call.service);
    if (call.instance === undefined && call.tried === undefined) return pick(peers, this.host.random);
    return pick(
      peers.filter(
        ({ instance }) =>
          call.tried?.has(instance) !== true && (call.instance === undefined || call.instance === instance),
      ),
      this.host.random,
    );
  }

  private returned(call: Call, error: ErrorReply | undefined): void {
    if (call.settled) return;
    const peer = call.peer;
    if (peer !== undefined) (call.tried ??= new Set()).add(peer.instance);
    if (error !== undefined && (call.attempts >= MAX_ATTEMPTS || this.choose(call) === undefined)) {
      call.fail(
        decodeError(error, { service: call.service, operation: call.what, instance: peer?.instance ?? '' }),
      );
      return;
    }
    call.sent = false;
    call.peer = undefined;
    this.route(call, this.host.clock.now());
  }

  private retryUnrouted(): void {
    for (const call of [...this.unrouted]) {
      if (this.choose(call) === undefined) continue;
      this.unrouted.delete(call);
      this.route(call, this.host.clock.now());
    }
  }

  private notFound(call: Call): void {
    const guess = closest(call.service, this.routes.names());
    const which = call.instance === undefined ? '' : ` (instance ${call.instance})`;
    call.failLocally(
      'UNAVAILABLE',
      `Service '${call.service}'${which} not found: it is not available or running` +
        (guess === undefined || guess === call.service ? '' : `; did you mean '${guess}'?`),
      'NOT_SENT',
    );
  }

  /** What follows the correlation id, up to the data; mostly one string for all calls of an operation. */
  private head({ kind, service, what, version, by, headers }: CallRequest): string {
    const all = traced(headers);
    let head = this.prefix(kind, service, what);
    if (by !== '') head += `,"by":${JSON.stringify(by)}`;
    if (version !== undefined) head += `,"v":${version}`;
    if (all !== undefined) head += `,"h":${JSON.stringify(all)}`;
    return head;
  }

  /** Service and operation (or topic), encoded and remembered. */
  private prefix(kind: 'req' | 'sig', service: string, what: string): string {
    const memo = this.prefixes[kind];
    let prefix = memo.get(service, what);
    if (prefix === undefined) {
      prefix = `,"s":${JSON.stringify(service)},"${kind === 'req' ? 'o' : 'p'}":${JSON.stringify(what)}`;
      memo.set(service, what, prefix);
    }
    return prefix;
  }
}
