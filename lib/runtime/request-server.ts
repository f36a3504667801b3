import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { AtomError, type Outcome } from '../errors.js';
import { type Batch, encodeEnvelope, encodeResponse } from '../wire/codec.js';
import type { Envelope, Request, Signal } from '../wire/envelope.js';
import { encodeError } from '../wire/error-reply.js';
import { isLongerThan } from '../wire/limits.js';
import { currentMessage } from './current-message.js';
import { type ContextHost, InboundContext } from './inbound-context.js';
import { checkMessage, serializeMessage, versionOf } from './message-check.js';
import type { EventHandler, Operation, ServiceRuntime } from './service-runtime.js';
import type { Channel, Session } from './session.js';
import { isThenable } from './thenable.js';
import { Sessions } from './sessions.js';

/** What the server needs of the process that it is part of. */
export interface RequestServerHost extends ContextHost {
  /** The instance's own record, as it is now. */
  readonly self: () => InstanceRecord;
  /** Largest encoded answer, bytes. */
  readonly maxBody: number;
  /** `$describe` and `$stats`, which every service answers. */
  readonly builtin: (service: ServiceRuntime, operation: string) => Operation | undefined;
}

/** Answers requests and takes signals: everything that arrives on the request socket. */
export class RequestServer {
  readonly sessions: Sessions;
  private readonly services = new Map<string, ServiceRuntime>();
  private running = 0;
  /** Signals being handled: they outlive their sender. */
  private readonly signals = new Set<InboundContext>();
  private idle: (() => void)[] = [];
  /** Set once peers have been told and have answered: what still comes is refused. */
  private refusing = false;

  constructor(private readonly host: RequestServerHost) {
    this.sessions = new Sessions(host.self, host.clock, {
      message: (session, envelope) => this.message(session, envelope),
      left: (session) => this.left(session),
    });
  }

  serve(service: ServiceRuntime): void {
    this.services.set(service.name, service);
  }

  received(channel: Channel, batch: Batch): void {
    this.sessions.received(channel, batch);
  }

  closed(channel: Channel): void {
    this.sessions.closed(channel);
  }

  /** How many requests and signals are being handled. */
  get inFlight(): number {
    return this.running;
  }

  /** Tells peers to go elsewhere, takes what they sent before they heard, and resolves when all of it is answered. */
  async drain(): Promise<void> {
    await this.sessions.drain();
    this.refusing = true;
    if (this.running > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    await Promise.all([...this.sessions.list()].map((session) => session.channel.flushed()));
    await this.sessions.settled();
  }

  /** Aborts what is still running. */
  abort(reason: AtomError): void {
    for (const session of this.sessions.list())
      for (const context of session.running.list()) context.cancel(reason);
    for (const context of this.signals) context.cancel(reason);
  }

  private message(session: Session, envelope: Envelope): void {
    switch (envelope.t) {
      case 'req':
        this.request(session, envelope);
        break;
      case 'sig':
        this.signal(session, envelope);
        break;
      case 'can':
        session.running.get(envelope.i)?.cancel(new AtomError('CANCELLED', 'The caller has given up'));
        break;
      default:
      // A message of another socket's: of no use here, and of no harm.
    }
  }

  /** The caller has gone: nobody waits for what it asked. */
  private left(session: Session): void {
    const reason = new AtomError('CANCELLED', 'The caller has gone');
    for (const context of session.running.list()) context.cancel(reason);
  }

  private request(session: Session, envelope: Request): void {
    const { clock } = this.host;
    const deadline = session.clock.toLocal(envelope.dl);
    const now = clock.now();
    const service = this.services.get(envelope.s);
    const operation =
      service === undefined
        ? undefined
        : envelope.o.startsWith('$')
          ? this.host.builtin(service, envelope.o)
          : service.operation(envelope.o);
    const refusal = this.refusal(envelope, service, operation !== undefined, envelope.o, deadline <= now);
    if (refusal !== undefined || operation === undefined) {
      operation?.stats.refused(refusal!.code);
      session.channel.send(encodeError(envelope.i, refusal!, 'REJECTED'));
      return;
    }
    const context = new InboundContext(
      this.host,
      'request',
      envelope.s,
      operation.name,
      '',
      undefined,
      envelope.h,
      session.instance,
      envelope.by ?? '',
      deadline,
    );
    operation.stats.started(envelope.by ?? '');
    this.running++;
    session.running.set(envelope.i, context);
    let outcome: Outcome = 'REJECTED';
    try {
      context.data = checkMessage(operation.accepts, envelope.d, envelope.v);
      outcome = 'FAILED';
      const result: unknown = currentMessage.run(context, operation.run);
      if (isThenable(result)) {
        // A thenable of another library's may call back at once, or twice.
        Promise.resolve(result).then(
          (value) => this.answer(session, envelope.i, operation, context, now, value),
          (error: unknown) => this.fail(session, envelope.i, operation, context, now, error, 'FAILED'),
        );
      } else this.answer(session, envelope.i, operation, context, now, result);
    } catch (error) {
      this.fail(session, envelope.i, operation, context, now, error, outcome);
    }
  }

  private answer(
    session: Session,
    id: number,
    operation: Operation,
    context: InboundContext,
    startedAt: number,
    value: unknown,
  ): void {
    let part: string;
    try {
      const { returns } = operation;
      part = encodeResponse(id, versionOf(returns), serializeMessage(returns, value));
      if (isLongerThan(part, this.host.maxBody)) {
        throw new Error(
          `the answer has ${Buffer.byteLength(part)} bytes; the limit (maxBody) is ${this.host.maxBody}`,
        );
      }
    } catch (error) {
      const cause = new Error(`'${context.service}::${operation.name}' returned what cannot be sent`, {
        cause: error,
      });
      this.fail(session, id, operation, context, startedAt, cause, 'FAILED');
      return;
    }
    this.finish(session, id, operation, context, startedAt, part, undefined);
  }

  private fail(
    session: Session,
    id: number,
    operation: Operation,
    context: InboundContext,
    startedAt: number,
    thrown: unknown,
    outcome: Outcome,
  ): void {
    const error = AtomError.is(thrown)
      ? thrown
      : new AtomError('INTERNAL', `'${context.service}::${operation.name}' failed; its log says why`);
    if (error !== thrown) context.logger.error({ err: thrown }, 'handler failed');
    this.finish(session, id, operation, context, startedAt, encodeError(id, error, outcome), error);
  }

  private finish(
    session: Session,
    id: number,
    operation: Operation,
    context: InboundContext,
    startedAt: number,
    part: string,
    error: AtomError | undefined,
  ): void {
    session.running.delete(id);
    context.finish();
    operation.stats.ended(this.host.clock.now() - startedAt, error?.code);
    if (!session.channel.send(part)) {
      context.logger.warn(
        { bytes: session.channel.queuedBytes },
        'answer dropped: the caller reads too slowly or has gone',
      );
    }
    this.ended();
  }

  private signal(session: Session, envelope: Signal): void {
    const { clock } = this.host;
    const deadline = session.clock.toLocal(envelope.dl);
    const service = this.services.get(envelope.s);
    const handlers = service?.events.filter((handler) => handler.matches(envelope.p)) ?? [];
    const refusal = this.refusal(envelope, service, handlers.length > 0, envelope.p, deadline <= clock.now());
    if (refusal !== undefined) {
      session.channel.send(encodeError(envelope.i, refusal, 'REJECTED'));
      return;
    }
    let messages: unknown[];
    try {
      messages = handlers.map((handler) => checkMessage(handler.accepts, envelope.d, envelope.v));
    } catch (error) {
      session.channel.send(encodeError(envelope.i, AtomError.from(error), 'REJECTED'));
      return;
    }
    // Accepted means: checked, and about to run. What the handlers do with it is not the sender's.
    session.channel.send(encodeEnvelope({ t: 'acc', i: envelope.i }));
    handlers.forEach((handler, index) => void this.handleSignal(session, envelope, handler, messages[index]));
  }

  private async handleSignal(
    session: Session,
    envelope: Signal,
    handler: EventHandler,
    data: unknown,
  ): Promise<void> {
    const caller = envelope.by ?? '';
    const context = new InboundContext(
      this.host,
      'signal',
      envelope.s,
      '',
      envelope.p,
      data,
      envelope.h,
      session.instance,
      caller,
      Infinity,
    );
    const startedAt = this.host.clock.now();
    handler.stats.started(caller);
    this.running++;
    this.signals.add(context);
    let failure: AtomError | undefined;
    try {
      await currentMessage.run(context, handler.run);
    } catch (error) {
      failure = AtomError.from(error);
      context.logger.error({ err: error }, 'signal handler failed');
    }
    context.finish();
    this.signals.delete(context);
    handler.stats.ended(this.host.clock.now() - startedAt, failure?.code);
    this.ended();
  }

  private ended(): void {
    if (--this.running > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }

  /** Why a call is not run; undefined when it is. */
  private refusal(
    call: Request | Signal,
    service: ServiceRuntime | undefined,
    handled: boolean,
    what: string,
    expired: boolean,
  ): AtomError | undefined {
    if (this.refusing) return new AtomError('UNAVAILABLE', `'${call.s}' is draining here`);
    if (service === undefined) return new AtomError('UNAVAILABLE', `Service '${call.s}' does not run here`);
    if (expired)
      return new AtomError('DEADLINE_EXCEEDED', `The deadline passed before '${call.s}' could run it`);
    if (handled) return undefined;
    return call.t === 'req'
      ? new AtomError('UNIMPLEMENTED', `Operation '${what}' not supported by '${call.s}'`)
      : new AtomError('UNIMPLEMENTED', `Topic '${what}' not handled by '${call.s}'`);
  }
}
