import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { currentMessage } from '../runtime/current-message.js';
import { type ContextHost, InboundContext } from '../runtime/inbound-context.js';
import { checkMessage } from '../runtime/message-check.js';
import { PeerClock } from '../runtime/peer-clock.js';
import { isThenable } from '../runtime/thenable.js';
import { encodeEnvelope } from '../wire/codec.js';
import type { Envelope, Event, Subscribed } from '../wire/envelope.js';
import { AtomError } from '../errors.js';
import { Connection, type ConnectionHost } from './connection.js';
import { EventBacklog } from './event-backlog.js';
import type { Gaps } from './gaps.js';
import type { LocalSubscription } from './local-subscription.js';

/** Sequences of the last events that a publisher sent, by subscription. */
export type Positions = ReadonlyMap<number, number>;

/** A publisher whose events this process takes too slowly. */
export interface LaggingFeed {
  /** Id of the publishing instance. */
  readonly instance: string;
  /** How long its events wait before they are handled, ms: at least so much. */
  readonly lag: number;
}

/** Events that wait this long, ms, are behind. */
const BEHIND = 1000;

interface Active {
  readonly subscription: LocalSubscription;
  /** The publisher has confirmed it on this connection. */
  open: boolean;
  /** Sequence of the last event; undefined until SUBSCRIBED. */
  last: number | undefined;
  confirmed: (() => void)[];
}

/** The events of one publishing instance: keeps its subscriptions made, and hands events to their handlers in order. */
export class Feed {
  private readonly connection: Connection;
  private readonly active = new Map<number, Active>();
  private readonly backlog: EventBacklog;
  private readonly clock = new PeerClock();
  private lag = 0;

  constructor(
    private readonly host: ConnectionHost & ContextHost,
    readonly publisher: InstanceRecord,
    private readonly ownInstance: string,
    private readonly gaps: Gaps,
    /** Where an earlier feed of this publisher was. */
    private readonly before: Positions | undefined,
  ) {
    this.connection = new Connection(host, publisher.id, publisher.eventsEndpoint, {
      ready: () => this.subscribeAll(),
      message: (envelope) => this.message(envelope),
      lost: () => this.unconfirm(),
    });
    this.backlog = new EventBacklog(this.connection, host.clock);
    this.connection.start();
  }

  /** Undefined while it keeps up. */
  get lagging(): LaggingFeed | undefined {
    return this.lag < BEHIND ? undefined : { instance: this.publisher.id, lag: Math.round(this.lag) };
  }

  /** Looks how far it is behind; called a few times a second. */
  look(now: number): void {
    const { isReady, lastHeard, lastTold } = this.connection;
    const was = this.lag;
    const { wait } = this.backlog;
    const pausedFor = this.backlog.pausedFor(now);
    if (!isReady) this.lag = 0;
    else if (pausedFor !== undefined) this.lag = pausedFor + wait;
    else {
      this.clock.heard(lastTold, lastHeard);
      this.lag = lastHeard - this.clock.toLocal(lastTold) + wait;
    }
    if (was >= BEHIND || this.lag < BEHIND) return;
    const publisher = this.publisher.id;
    this.host.logger.warn(
      { publisher, lag: Math.round(this.lag) },
      'this subscriber is behind: its handlers are too slow',
    );
  }

  get isEmpty(): boolean {
    return this.active.size === 0;
  }

  /** How far it has come. */
  positions(): Positions {
    const positions = new Map(this.before);
    for (const [id, { last }] of this.active) if (last !== undefined) positions.set(id, last);
    return positions;
  }

  has(subscription: LocalSubscription): boolean {
    return this.active.has(subscription.id);
  }

  /** Resolves when the publisher has confirmed it, or the feed has ended. */
  add(subscription: LocalSubscription): Promise<void> {
    const last = this.before?.get(subscription.id);
    const active: Active = { subscription, open: false, last, confirmed: [] };
    this.active.set(subscription.id, active);
    if (this.connection.isReady) this.subscribe(active);
    return new Promise((resolve) => active.confirmed.push(resolve));
  }

  remove(subscription: LocalSubscription): void {
    const active = this.active.get(subscription.id);
    if (active === undefined) return;
    this.active.delete(subscription.id);
    this.connection.send(encodeEnvelope({ t: 'uns', i: subscription.id }));
    confirm(active);
  }

  /** Asks for no more events, and resolves when all that were on their way have arrived. */
  async drain(): Promise<void> {
    for (const id of this.active.keys()) this.connection.send(encodeEnvelope({ t: 'uns', i: id }));
    await this.connection.settled();
  }

  async stop(): Promise<void> {
    await this.connection.stop();
    this.end();
  }

  /** The publisher has gone. */
  abandon(): void {
    this.connection.abandon();
    this.end();
  }

  private end(): void {
    for (const active of this.active.values()) confirm(active);
    this.active.clear();
  }

  private subscribeAll(): void {
    for (const active of this.active.values()) this.subscribe(active);
  }

  private subscribe({ subscription, last }: Active): void {
    const { id, topic, service, delivery, from } = subscription;
    this.connection.send(
      encodeEnvelope({
        t: 'sub',
        i: id,
        p: topic,
        s: service === '' ? this.ownInstance : service,
        g: delivery,
        ...(from === undefined ? {} : { from }),
        ...(last === undefined ? {} : { n: last }),
      }),
    );
  }

  private unconfirm(): void {
    for (const active of this.active.values()) active.open = false;
    this.backlog.reconnected();
  }

  private message(envelope: Envelope): void {
    switch (envelope.t) {
      case 'evt':
        this.event(envelope);
        break;
      case 'subd':
      case 'err': {
        const active = this.active.get(envelope.i);
        if (active === undefined) return;
        if (envelope.t === 'subd') this.subscribed(active, envelope);
        else this.refused(active, envelope.m);
        confirm(active);
        break;
      }
      case 'beat':
        for (const [id, last] of envelope.n) {
          const active = this.active.get(id);
          if (active?.open === true) this.expect(active, last);
        }
        break;
      default:
    }
  }

  private refused({ subscription: { topic, service } }: Active, reason: string): void {
    this.host.logger.error(
      { publisher: this.publisher.id, topic, service, reason },
      'a publisher refuses a subscription: its events are not heard',
    );
  }

  private subscribed(active: Active, { n, l }: Subscribed): void {
    const { last } = active;
    active.open = true;
    active.last = n;
    if (l !== undefined && l > 0) this.missing(active, n - l + 1, n);
    else if (l === undefined && last !== undefined) this.missing(active, last + 1);
  }

  private event(event: Event): void {
    const active = this.active.get(event.i);
    if (active?.open !== true) return;
    if (event.n !== active.last! + 1) this.expect(active, event.n - 1);
    active.last = event.n;
    this.gaps.counts.received++;
    const { lastHeard, lastSize } = this.connection;
    this.backlog.came(lastSize);
    active.subscription.lanes.run(
      this.publisher.id,
      event.p,
      () => this.handle(active.subscription, event, lastHeard, lastSize),
      event.k,
    );
  }

  /** `last` has been sent: whatever is missing up to it was lost. */
  private expect(active: Active, last: number): void {
    const from = active.last! + 1;
    if (last < from) return;
    active.last = last;
    this.missing(active, from, last);
  }

  private missing({ subscription }: Active, from: number, to?: number): void {
    const { topic, service } = subscription;
    const publisher = subscription.from ?? this.publisher.services[0]?.name ?? '';
    const range = to === undefined ? { from } : { from, to, count: to - from + 1 };
    this.gaps.report(subscription, { topic, service, publisher, instance: this.publisher.id, ...range });
  }

  private handle(
    subscription: LocalSubscription,
    event: Event,
    heardAt: number,
    size: number,
  ): void | Promise<void> {
    const { handler, service, running } = subscription;
    if (subscription.ended) return this.backlog.handled(size);
    const caller = event.by ?? '';
    const context = new InboundContext(
      this.host,
      'event',
      service,
      '',
      event.p,
      undefined,
      event.h,
      this.publisher.id,
      caller,
      Infinity,
    );
    const startedAt = this.host.clock.now();
    this.backlog.began(startedAt - heardAt);
    handler.stats.started(caller);
    try {
      context.data = checkMessage(handler.accepts, event.d, event.v);
      const result: unknown = currentMessage.run(context, handler.run);
      if (isThenable(result)) {
        running.add(context);
        return Promise.resolve(result).then(
          () => this.handled(subscription, context, startedAt, size),
          (error: unknown) =>
            this.handled(subscription, context, startedAt, size, error ?? new Error('undefined was thrown')),
        );
      }
      this.handled(subscription, context, startedAt, size);
    } catch (error) {
      this.handled(subscription, context, startedAt, size, error ?? new Error('undefined was thrown'));
    }
  }

  private handled(
    { handler, running }: LocalSubscription,
    context: InboundContext,
    startedAt: number,
    size: number,
    error?: unknown,
  ): void {
    running.delete(context);
    handler.stats.ended(
      this.host.clock.now() - startedAt,
      error === undefined ? undefined : AtomError.from(error).code,
    );
    if (error !== undefined) context.logger.error({ err: error }, 'event handler failed');
    context.finish();
    this.backlog.handled(size);
  }
}

function confirm(active: Active): void {
  const waiting = active.confirmed;
  active.confirmed = [];
  for (const resolve of waiting) resolve();
}
