import type { Timer } from '../../nucleus/clock.js';
import { amended, AtomError } from '../errors.js';
import { closest } from '../metadata/closest.js';
import { currentMessage } from '../runtime/current-message.js';
import { Deadlines } from '../runtime/deadlines.js';
import { PairMemo } from '../runtime/pair-memo.js';
import { Call } from './call.js';
import type { CallRequest } from './call-request.js';
import { encodeData, traced } from './encode-message.js';
import { choose } from './choose.js';
import { Retries } from './retries.js';
import { Routes, type RoutesHost } from './routes.js';
import { Unrouted } from './unrouted.js';

export interface RequesterOptions {
  /** Default deadline of a request, ms. */
  readonly requestTimeout: number;
  /** How long after the start a call waits for a service that is not known yet, ms. */
  readonly discoveryGrace: number;
  /** Largest encoded message, bytes. */
  readonly maxBody: number;
}

/** What the envelopes of calls begin with. */
interface Head {
  readonly by: string;
  readonly version: number | undefined;
  readonly text: string;
}

/** Which instance is called, how long is waited, and what is done when one turns the call away. */
export class Requester {
  readonly routes: Routes;
  readonly deadlines: Deadlines;
  private readonly retries: Retries;
  /** Calls that wait: for their service to become known, or for the one instance that may be asked again to come back. */
  private readonly unrouted = new Unrouted();
  private readonly heads = { req: new PairMemo<Head>(), sig: new PairMemo<Head>() };
  private graceEnds = Infinity;
  private grace: Timer | undefined;
  private inFlight = 0;
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly host: RoutesHost,
    private readonly options: RequesterOptions,
  ) {
    this.deadlines = new Deadlines(host.clock);
    this.retries = new Retries(
      host,
      () => this.routes,
      (call, now) => this.route(call, now),
    );
    this.routes = new Routes(host, {
      returned: (call) => this.returned(call),
      ended: (call, error, peer) => this.retries.ended(call, error, peer),
      lostOvertaken: (call, peer) => this.retries.lostOvertaken(call, peer),
      stalled: (peer) => this.retries.stalled(peer),
      gone: (instance) => this.gone(instance),
    });
    this.routes.onRoutable(() => this.retryUnrouted());
  }

  /** Sockets are open and discovery runs: the grace begins. */
  started(): void {
    this.graceEnds = this.host.clock.now() + this.options.discoveryGrace;
    this.grace = this.host.clock.after(this.options.discoveryGrace, () => {
      // Timers of the system fire up to a millisecond early: what comes within it must not wait for another.
      this.graceEnds = -Infinity;
      for (const call of this.unrouted.list()) if (call.failure === undefined) this.notFound(call);
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
        const { service, what: operation } = request;
        reject(amended(AtomError.from(thrown), { outcome: 'NOT_SENT', service, operation }));
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
        request.options,
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
    if (call.failure !== undefined) this.retries.release(call);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.grace?.cancel();
    for (const call of this.unrouted.list()) {
      call.failLocally('CANCELLED', 'The application is closing', 'NOT_SENT');
    }
    this.retries.close();
    await this.routes.close();
    this.deadlines.close();
  }

  private route(call: Call, now: number): void {
    if (this.closed) {
      call.failLocally('CANCELLED', 'The application is closing', 'NOT_SENT');
      return;
    }
    const routes = this.routes.to(call.service);
    if (routes !== undefined && !call.counted) {
      call.counted = true;
      routes.requests++;
    }
    for (;;) {
      const peer = choose(call, routes, this.host.random, now);
      if (peer === undefined) break;
      if (peer.dispatch(call, now)) return;
      (call.tried ??= new Set()).add(peer.instance);
    }
    if (call.failure !== undefined) this.leftOver(call);
    else if (call.tried !== undefined && this.isTurnedAway(call)) {
      call.failLocally(
        'RESOURCE_EXHAUSTED',
        `No instance of '${call.service}' takes more: each of the ${call.tried.size} asked has its limit of calls or bytes in flight`,
        'NOT_SENT',
      );
    } else if (now < this.graceEnds) {
      call.tried = undefined;
      if (!this.unrouted.add(call)) {
        call.failLocally(
          'RESOURCE_EXHAUSTED',
          `${this.unrouted.size} calls wait for their services to be found; no more can`,
          'NOT_SENT',
        );
      }
    } else this.notFound(call);
  }

  /** Whether an instance that it was offered to is there still: then that one is full, and not gone. */
  private isTurnedAway(call: Call): boolean {
    return this.routes.of(call.service).some(({ instance }) => call.tried!.has(instance));
  }

  private returned(call: Call): void {
    if (call.settled) return;
    this.route(call, this.host.clock.now());
  }

  /** None takes a further attempt. The one that remembers what it did is waited for, while it is known. */
  private leftOver(call: Call): void {
    const { instance } = call;
    const { idempotencyKey } = call.options;
    if (
      idempotencyKey !== undefined &&
      instance !== undefined &&
      this.routes.get(instance)?.routable === false &&
      this.unrouted.add(call)
    ) {
      call.tried = undefined;
    } else this.retries.exhausted(call);
  }

  private gone(instance: string): void {
    for (const call of this.unrouted.list()) {
      if (call.instance === instance && call.failure !== undefined) call.fail(call.failure);
    }
  }

  private retryUnrouted(): void {
    for (const call of this.unrouted.list()) {
      if (this.routes.of(call.service).length === 0) continue;
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

  /** What the envelope begins with; mostly one string for all calls of an operation, so that they go out as one run. */
  private head({ kind, service, what, version, by, headers, options }: CallRequest): string {
    const all = traced(headers);
    let head = this.commonHead(kind, service, what, by, version);
    if (all !== undefined) head += `,"h":${JSON.stringify(all)}`;
    if (options?.key !== undefined) head += `,"k":${JSON.stringify(options.key)}`;
    if (options?.idempotencyKey !== undefined) head += `,"u":${JSON.stringify(options.idempotencyKey)}`;
    return head;
  }

  /** What all calls of one sender to one operation (or topic) have in common, encoded and remembered. */
  private commonHead(
    kind: 'req' | 'sig',
    service: string,
    what: string,
    by: string,
    version: number | undefined,
  ): string {
    const memo = this.heads[kind];
    let known = memo.get(service, what);
    if (known?.by !== by || known.version !== version) {
      let text = `{"t":"${kind}","s":${JSON.stringify(service)},"${kind === 'req' ? 'o' : 'p'}":${JSON.stringify(what)}`;
      if (by !== '') text += `,"by":${JSON.stringify(by)}`;
      if (version !== undefined) text += `,"v":${version}`;
      known = { by, version, text };
      memo.set(service, what, known);
    }
    return known.text;
  }
}
