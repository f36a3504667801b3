import { AtomError } from '../errors.js';
import { encodeEnvelope } from '../wire/codec.js';
import type { Signal } from '../wire/envelope.js';
import { encodeError } from '../wire/error-reply.js';
import { currentMessage } from './current-message.js';
import { type ContextHost, InboundContext } from './inbound-context.js';
import { Lanes } from './lanes.js';
import { checkMessage } from './message-check.js';
import { refusal } from './refusal.js';
import type { EventHandler, ServiceRuntime } from './service-runtime.js';
import type { Session } from './session.js';

/** Signals that may wait for one handler; more are refused. */
const MAX_WAITING = 10_000;

/**
 * Takes signals: accepted once they are checked, and handled whatever becomes of their sender. As with events, those
 * of one sender and topic are handled in order, `concurrency` at a time.
 */
export class Signals {
  private readonly running = new Set<InboundContext>();
  private readonly lanes = new Map<EventHandler, Lanes>();
  private aborted = false;

  constructor(
    private readonly host: ContextHost,
    /** A handler has something to do, or has done it. */
    private readonly begun: () => void,
    private readonly ended: () => void,
  ) {}

  take(session: Session, envelope: Signal, service: ServiceRuntime | undefined, draining: boolean): void {
    const expired = session.clock.toLocal(envelope.dl) <= this.host.clock.now();
    const handlers = service?.events.filter((handler) => handler.matches(envelope.p)) ?? [];
    const refused = refusal(envelope, service, { handled: handlers.length > 0, expired, draining });
    if (refused !== undefined) {
      session.channel.send(encodeError(envelope.i, refused, 'REJECTED'));
      return;
    }
    if (handlers.some((handler) => this.lanesOf(handler).size >= MAX_WAITING)) {
      const full = new AtomError(
        'RESOURCE_EXHAUSTED',
        `${MAX_WAITING} signals wait for '${envelope.p}' here`,
      );
      session.channel.send(encodeError(envelope.i, full, 'REJECTED'));
      return;
    }
    let messages: unknown[];
    try {
      messages = handlers.map((handler) => checkMessage(handler.accepts, envelope.d, envelope.v));
    } catch (error) {
      session.channel.send(encodeError(envelope.i, AtomError.from(error), 'REJECTED'));
      return;
    }
    // Accepted means: checked, and about to run in its turn. What the handlers do with it is not the sender's.
    session.channel.send(encodeEnvelope({ t: 'acc', i: envelope.i }));
    handlers.forEach((handler, index) => {
      this.begun();
      this.lanesOf(handler).run(session.instance, envelope.p, () =>
        this.handle(session, envelope, handler, messages[index]),
      );
    });
  }

  /** Aborts what is being handled, names its handlers, and begins nothing more. */
  abort(reason: AtomError): readonly string[] {
    this.aborted = true;
    for (const lanes of this.lanes.values()) lanes.runWaiting();
    const running = [...this.running];
    for (const context of running) context.cancel(reason);
    return running.map(({ name }) => name);
  }

  private lanesOf(handler: EventHandler): Lanes {
    let lanes = this.lanes.get(handler);
    if (lanes === undefined) this.lanes.set(handler, (lanes = new Lanes(handler.concurrency)));
    return lanes;
  }

  private async handle(
    session: Session,
    envelope: Signal,
    handler: EventHandler,
    data: unknown,
  ): Promise<void> {
    if (this.aborted) {
      this.ended();
      return;
    }
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
    this.running.add(context);
    let failure: AtomError | undefined;
    try {
      await currentMessage.run(context, handler.run);
    } catch (error) {
      failure = AtomError.from(error);
      context.logger.error({ err: error }, 'signal handler failed');
    }
    context.finish();
    this.running.delete(context);
    handler.stats.ended(this.host.clock.now() - startedAt, failure?.code);
    this.ended();
  }
}
