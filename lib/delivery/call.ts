import { AtomError, type Outcome } from '../errors.js';
import type { Accepted, Response } from '../wire/envelope.js';
import type { Expiring } from '../runtime/deadlines.js';
import type { InboundContext, NestedCall } from '../runtime/inbound-context.js';

/** Ends what a call holds of others: its deadline, its parent, its instance. */
export interface CallOwner {
  release(call: Call): void;
}

/** The instance that a call was handed to. */
export interface CallCarrier {
  readonly instance: string;
  /** Its caller has given up on it. */
  cancel(call: Call): void;
}

/** One request or signal on its way: from the call of the client to its result. */
export class Call implements Expiring, NestedCall {
  /** Correlation id on the connection of `peer`. */
  id = 0;
  peer: CallCarrier | undefined;
  /** Handed to a connection: from here on it may have run. */
  sent = false;
  settled = false;
  /** Instances that it was handed to. */
  attempts = 0;
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
    /** What follows the correlation id in the envelope, encoded, up to the data. */
    private readonly head: string,
    /** The data, encoded; undefined: none. */
    private readonly json: string | undefined,
    /** On the clock, ms. */
    readonly deadline: number,
    /** What the user asked for, ms: for the error. */
    private readonly timeout: number,
    readonly instance: string | undefined,
    readonly parent: InboundContext | undefined,
    readonly signal: AbortSignal | undefined,
    /** Makes the caller's result of the answer; may throw. */
    private readonly convert: (answer: Response | Accepted, instance: string) => unknown,
    private readonly resolve: (value: unknown) => void,
    private readonly reject: (error: AtomError) => void,
  ) {
    parent?.attach(this);
    if (signal !== undefined) {
      this.aborted = () => this.abort();
      signal.addEventListener('abort', this.aborted, { once: true });
    }
  }

  /** The text of the envelope for the connection that gave it `id`. */
  encode(): string {
    const { kind, id, head, json } = this;
    return json === undefined
      ? `{"t":"${kind}","i":${id}${head},"dl":${this.wholeDeadline}}`
      : `{"t":"${kind}","i":${id}${head},"dl":${this.wholeDeadline},"d":${json}}`;
  }

  /** Whole milliseconds are precise enough, and much cheaper to print and to parse. */
  private get wholeDeadline(): number {
    return Math.ceil(this.deadline);
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

  fail(error: AtomError): void {
    if (this.settled) return;
    this.settle();
    this.reject(error);
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
    this.peer?.cancel(this);
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
