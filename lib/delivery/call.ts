import { amended, AtomError, type Outcome } from '../errors.js';
import type { Accepted, Response } from '../wire/envelope.js';
import type { Expiring } from '../runtime/deadlines.js';
import type { InboundContext, NestedCall } from '../runtime/inbound-context.js';
import type { Timer } from '../../nucleus/clock.js';
import { requestInRun } from '../wire/run.js';
import type { DeliveryOptions } from './call-request.js';

/** Ends what a call holds of others: its deadline, its parent, its instance. */
export interface CallOwner {
  release(call: Call): void;
}

/** The instance that a call was handed to. */
export interface CallCarrier {
  readonly instance: string;
  /** Its caller has given up on it. */
  cancel(call: Call): void;
  /** Its deadline has passed. */
  expire(call: Call): void;
  /** An attempt that was overtaken by another is over. */
  forget(id: number): void;
}

/** What carries a call's text. */
export interface CallLink {
  send(part: string, head?: string): boolean;
}

/** An attempt that was given up for another one; its answer counts all the same if it comes first. */
interface Attempt {
  readonly carrier: CallCarrier;
  readonly id: number;
}

/** Characters of an envelope beside its head and data, about. */
const ENVELOPE = 64;
const NO_OPTIONS: DeliveryOptions = Object.freeze({});

/** One request or signal on its way: from the call of the client to its result. */
export class Call implements Expiring, NestedCall {
  /** Correlation id on the connection of `peer`. */
  id = 0;
  peer: CallCarrier | undefined;
  /** Handed to a connection: from here on it may have run. */
  sent = false;
  /** When, on the clock, ms. */
  sentAt = 0;
  settled = false;
  /** Attempts that were sent. */
  attempts = 0;
  /** It has earned its part of the budget for retries; it may be given back and routed again many times. */
  counted = false;
  /** An attempt before this one may have run. */
  uncertain = false;
  /** What the attempt before ended with: the call's end where no other can be made. */
  failure: AtomError | undefined;
  /** Attempts that were given up for the present one, and whose answers may come yet. */
  overtaken: Attempt[] | undefined;
  /** Waits to be tried again. */
  pause: Timer | undefined;
  readonly options: DeliveryOptions;
  /** Characters of its message, about. */
  readonly size: number;
  /** Instances that are not asked again. */
  tried: Set<string> | undefined;
  bucket: Expiring['bucket'] = undefined;
  place = 0;
  private aborted: (() => void) | undefined;

  constructor(
    private readonly owner: CallOwner,
    readonly kind: 'req' | 'sig',
    readonly service: string,
    /** The operation, or the topic. */
    readonly what: string,
    /** What its envelope begins with, encoded: all but correlation id, deadline and data. */
    private readonly head: string,
    /** The data, encoded; undefined: none. */
    private readonly json: string | undefined,
    /** On the clock, ms. */
    readonly deadline: number,
    /** What the user asked for, ms: for the error. */
    private readonly timeout: number,
    /** The only instance that it may go to. */
    public instance: string | undefined,
    options: DeliveryOptions | undefined,
    readonly parent: InboundContext | undefined,
    readonly signal: AbortSignal | undefined,
    /** Makes the caller's result of the answer; may throw. */
    private readonly convert: (answer: Response | Accepted, instance: string) => unknown,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: AtomError) => void,
  ) {
    this.options = options ?? NO_OPTIONS;
    this.size = head.length + (json === undefined ? 0 : json.length) + ENVELOPE;
    parent?.attach(this);
    if (signal !== undefined) {
      this.aborted = () => this.abort();
      signal.addEventListener('abort', this.aborted, { once: true });
    }
  }

  /** Queues it on `link` by the id that it has there. @returns false when it was not taken */
  sendOn(link: CallLink): boolean {
    const { kind, id, json, attempts } = this;
    // Whole milliseconds are precise enough, and much cheaper to print and to parse.
    const deadline = Math.ceil(this.deadline);
    const head = attempts === 0 || kind === 'sig' ? this.head : `${this.head},"a":${attempts + 1}`;
    if (kind === 'req' && json !== undefined) return link.send(requestInRun(id, deadline, json), head);
    return link.send(`${head},"i":${id},"dl":${deadline}${json === undefined ? '' : `,"d":${json}`}}`);
  }

  succeed(answer: Response | Accepted, instance: string): void {
    if (this.settled) return;
    this.settle();
    try {
      this.resolve(this.convert(answer, instance));
    } catch (error) {
      this.reject(AtomError.from(error));
    }
  }

  /** Where an attempt before may have run, no later one makes that certain but by its answer. */
  fail(error: AtomError): void {
    if (this.settled) return;
    this.settle();
    this.reject(
      this.uncertain && error.outcome !== 'FAILED' ? amended(error, { outcome: 'UNKNOWN' }) : error,
    );
  }

  /** Fails it here, for a reason that no server gave. */
  failLocally(code: AtomError['code'], message: string, outcome: Outcome, cause?: unknown): void {
    this.fail(
      new AtomError(code, message, {
        outcome,
        service: this.service,
        operation: this.what,
        ...(this.peer === undefined ? {} : { instance: this.peer.instance }),
        cause,
      }),
    );
  }

  expire(): void {
    this.peer?.expire(this);
    const target = `${this.service}${this.kind === 'req' ? '::' : '|||'}${this.what}`;
    this.failLocally(
      'DEADLINE_EXCEEDED',
      `Request timeout after ${Math.round(this.timeout)}ms for ${target}`,
      this.sent ? 'UNKNOWN' : 'NOT_SENT',
    );
  }

  cancel(reason: AtomError): void {
    this.peer?.cancel(this);
    this.failLocally(reason.code, reason.message, this.sent ? 'UNKNOWN' : 'NOT_SENT', reason);
  }

  private abort(): void {
    this.peer?.cancel(this);
    this.failLocally(
      'CANCELLED',
      `'${this.service}::${this.what}' was cancelled by its caller`,
      this.sent ? 'UNKNOWN' : 'NOT_SENT',
      this.signal?.reason,
    );
  }

  private settle(): void {
    this.settled = true;
    this.parent?.detach(this);
    if (this.aborted !== undefined) this.signal?.removeEventListener('abort', this.aborted);
    this.owner.release(this);
  }
}
