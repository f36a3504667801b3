import type { Clock } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import { AtomError } from '../errors.js';
import type { Caller, Headers, MessageContext } from './context.js';
import type { Deadlines, Expiring } from './deadlines.js';
import { newTraceId, traceIdOf } from './trace.js';

/** A call made by a handler, which ends with the message that it was made for. */
export interface NestedCall {
  cancel(reason: AtomError): void;
}

/** What contexts of one process share. */
export interface ContextHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deadlines: Deadlines;
}

/** What makes a request more than one that is just run. */
export interface Holding {
  /** What its answer is remembered by. */
  readonly memory: string | undefined;
  /** Its caller has given up. */
  cancel(reason: AtomError): void;
  /** Its handler, if `hasRun`, has ended: `part` is its answer. */
  finish(part: string, hasRun: boolean): void;
}

/** The context of a message that came in. What costs something is made when it is first asked for. */
export class InboundContext implements MessageContext, Expiring {
  readonly direction = 'inbound';
  private controller: AbortController | undefined;
  private cancelled: AtomError | undefined;
  private nested: Set<NestedCall> | undefined;
  bucket: Expiring['bucket'] = undefined;
  place = 0;
  private trace: string | undefined;
  private finished = false;
  private childLogger: Logger | undefined;
  /** Of a request with limits or keys. */
  held: Holding | undefined;

  constructor(
    private readonly host: ContextHost,
    readonly kind: 'request' | 'event' | 'signal',
    readonly service: string,
    readonly operation: string,
    readonly topic: string,
    public data: unknown,
    private given: Headers | undefined,
    private readonly callingInstance: string,
    private readonly callingService: string,
    /** On the clock, ms. */
    readonly deadline: number,
  ) {}

  get headers(): Record<string, string> {
    return (this.given ??= {});
  }

  get caller(): Caller {
    return { instance: this.callingInstance, service: this.callingService };
  }

  get signal(): boolean {
    return this.kind === 'signal';
  }

  remaining(): number {
    return Math.max(0, this.deadline - this.host.clock.now());
  }

  get abortSignal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.cancelled !== undefined) this.controller.abort(this.cancelled);
      else if (this.deadline !== Infinity && !this.finished) this.host.deadlines.add(this, this.deadline);
    }
    return this.controller.signal;
  }

  get traceId(): string {
    return (this.trace ??= this.knownTraceId ?? newTraceId());
  }

  /** The trace id if the message carried one or somebody has asked for it. */
  get knownTraceId(): string | undefined {
    return (this.trace ??= this.given === undefined ? undefined : traceIdOf(this.given));
  }

  get logger(): Logger {
    return (this.childLogger ??= this.host.logger.child({
      service: this.service,
      ...(this.operation === '' ? { topic: this.topic } : { operation: this.operation }),
      traceId: this.traceId,
    }));
  }

  /** Ends the work for this message: its abort signal fires and the calls made for it are cancelled. */
  cancel(reason: AtomError): void {
    if (this.cancelled !== undefined || this.finished) return;
    this.cancelled = reason;
    this.controller?.abort(reason);
    if (this.nested !== undefined) for (const call of [...this.nested]) call.cancel(reason);
  }

  expire(): void {
    this.cancel(new AtomError('DEADLINE_EXCEEDED', `The deadline of ${this.name} has passed`));
  }

  /** Why the work for this message has ended before its handler; undefined when it has not. */
  get cancelReason(): AtomError | undefined {
    return this.cancelled;
  }

  /** True once the handler has ended: what still runs on its behalf inherits no deadline. */
  get isFinished(): boolean {
    return this.finished;
  }

  /** The handler has ended. */
  finish(): void {
    this.finished = true;
    if (this.bucket !== undefined) this.host.deadlines.remove(this);
  }

  attach(call: NestedCall): void {
    (this.nested ??= new Set()).add(call);
  }

  detach(call: NestedCall): void {
    this.nested?.delete(call);
  }

  /** Of its handler, for people. */
  get name(): string {
    return `'${this.service}${this.operation === '' ? `|||${this.topic}` : `::${this.operation}`}'`;
  }
}
