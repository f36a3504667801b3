import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { AtomError, type Outcome } from '../errors.js';
import { type Batch, encodeResponse } from '../wire/codec.js';
import type { Envelope, Request } from '../wire/envelope.js';
import { responseHead, responseInRun } from '../wire/run.js';
import { encodeError } from '../wire/error-reply.js';
import { isLongerThan } from '../wire/limits.js';
import { currentMessage } from './current-message.js';
import { HeldRequest } from './held-request.js';
import { HeldRequests } from './held-requests.js';
import { type ContextHost, InboundContext } from './inbound-context.js';
import { checkMessage, serializeMessage, versionOf } from './message-check.js';
import { MAX_RUNNING, refusal } from './refusal.js';
import type { Operation, ServiceRuntime } from './service-runtime.js';
import type { Channel, Session } from './session.js';
import { Sessions } from './sessions.js';
import { Signals } from './signals.js';
import { isThenable } from './thenable.js';

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
  /** They outlive their sender. */
  private readonly signals: Signals;
  private readonly held: HeldRequests;
  private idle: (() => void)[] = [];
  /** Set once peers have been told and have answered: what still comes is refused. */
  private refusing = false;

  constructor(private readonly host: RequestServerHost) {
    this.sessions = new Sessions(host.self, host.clock, {
      message: (session, envelope) => this.message(session, envelope),
      left: (session) => this.left(session),
    });
    this.held = new HeldRequests(host, () => this.ended());
    this.signals = new Signals(
      host,
      () => this.running++,
      () => this.ended(),
    );
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

  /** Aborts what is still running, and names its handlers. */
  abort(reason: AtomError): readonly string[] {
    const names: string[] = [];
    for (const session of this.sessions.list()) {
      for (const context of session.running.list()) {
        names.push(context.name);
        context.cancel(reason);
      }
    }
    return [...names, ...this.signals.abort(reason)];
  }

  private message(session: Session, envelope: Envelope): void {
    switch (envelope.t) {
      case 'req':
        this.request(session, envelope);
        break;
      case 'sig':
        this.signals.take(session, envelope, this.services.get(envelope.s), this.refusing);
        break;
      case 'can':
        this.cancel(session.running.get(envelope.i));
        break;
      default:
      // A message of another socket's: of no use here, and of no harm.
    }
  }

  private cancel(context: InboundContext | undefined): void {
    if (context === undefined) return;
    const reason = new AtomError('CANCELLED', 'The caller has given up');
    if (context.held === undefined) context.cancel(reason);
    else context.held.cancel(reason);
  }

  /** The caller has gone: nobody waits for what it asked, but for what it may come back for. */
  private left(session: Session): void {
    const reason = new AtomError('CANCELLED', 'The caller has gone');
    for (const context of session.running.list()) {
      if (context.held?.memory === undefined) context.cancel(reason);
    }
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
    const handled = operation !== undefined;
    const expired = deadline <= now;
    const full = session.running.size >= MAX_RUNNING;
    if (!handled || expired || full || this.refusing) {
      const error = refusal(envelope, service, { handled, expired, full, draining: this.refusing })!;
      operation?.stats.refused(error.code);
      session.channel.send(encodeError(envelope.i, error, 'REJECTED'));
      return;
    }
    const { u: idempotencyKey, k: key } = envelope;
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
    this.running++;
    session.running.set(envelope.i, context);
    if (operation.isLimited || key !== undefined || idempotencyKey !== undefined) {
      this.hold(session, envelope, operation, context, now);
    } else this.start(session, envelope, operation, context, now);
  }

  /** Has it run once its limits and its key allow it, unless it repeats another. */
  private hold(
    session: Session,
    envelope: Request,
    operation: Operation,
    context: InboundContext,
    now: number,
  ): void {
    const { s: service, u: idempotencyKey, k: key } = envelope;
    const held = new HeldRequest(
      this.held,
      operation,
      context,
      idempotencyKey === undefined ? undefined : `${service}\n${operation.name}\n${idempotencyKey}`,
      key,
      (startedAt) => this.start(session, envelope, operation, context, startedAt),
      (part) => this.tell(session, envelope.i, context, part),
      envelope.i,
    );
    context.held = held;
    this.held.take(held, now);
  }

  private start(
    session: Session,
    envelope: Request,
    operation: Operation,
    context: InboundContext,
    now: number,
  ): void {
    operation.stats.started(envelope.by ?? '');
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
    let head: string | undefined;
    try {
      const { returns } = operation;
      const version = versionOf(returns);
      const json = JSON.stringify(serializeMessage(returns, value)) as string | undefined;
      if (json === undefined || context.held !== undefined) part = encodeResponse(id, version, json);
      else {
        part = responseInRun(id, json);
        head = responseHead(version);
      }
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
    this.finish(session, id, operation, context, startedAt, undefined, true, part, head);
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
    const part = encodeError(id, error, outcome);
    this.finish(session, id, operation, context, startedAt, error, outcome === 'FAILED', part);
  }

  private finish(
    session: Session,
    id: number,
    operation: Operation,
    context: InboundContext,
    startedAt: number,
    error: AtomError | undefined,
    hasRun: boolean,
    part: string,
    head?: string,
  ): void {
    const { held } = context;
    context.finish();
    operation.stats.ended(this.host.clock.now() - startedAt, error?.code);
    if (held === undefined) this.tell(session, id, context, part, head);
    else held.finish(part, hasRun);
    this.ended();
  }

  private tell(session: Session, id: number, context: InboundContext, part: string, head?: string): void {
    session.running.delete(id);
    if (session.channel.send(part, head)) return;
    context.logger.warn(
      { bytes: session.channel.queuedBytes },
      'answer dropped: the caller reads too slowly or has gone',
    );
  }

  private ended(): void {
    if (--this.running > 0) return;
    const waiting = this.idle;
    this.idle = [];
    for (const resolve of waiting) resolve();
  }
}
