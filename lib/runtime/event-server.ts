import type { Clock, Timer } from '../../nucleus/clock.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { AtomError } from '../errors.js';
import { type Batch, encodeEnvelope } from '../wire/codec.js';
import { encodeError } from '../wire/error-reply.js';
import type { Envelope } from '../wire/envelope.js';
import type { Headers } from './context.js';
import type { Channel, Session } from './session.js';
import { Sessions } from './sessions.js';
import {
  type ActiveSubscription,
  type Group,
  type LogListener,
  MAX_SUBSCRIPTIONS,
  Subscriptions,
} from './subscriptions.js';

/** How often a session that got events is told the last sequences, ms. */
const HEARTBEAT = 1000;
/** A member of a group that has not been heard for this long is passed over while another has, ms. */
const QUIET = 1500;

/** What became of one published event. */
export interface PublishReceipt {
  /** Services that it was sent to. A subscriber that serves nothing counts as one. */
  readonly services: number;
  /** Instances that it was sent to. */
  readonly instances: number;
  /** Instances that should have had it, but whose byte budget was full. They see the gap. */
  readonly dropped: number;
  /**
   * It is kept in the log, for as many services as `services` says, until they have handled it; who listens live gets
   * it as well, uncounted.
   */
  readonly durable?: true;
  /** Of a durable event: `context.durable.id` where it is handled. */
  readonly id?: string;
}

/** An event, ready to be sent. `data` is encoded JSON. */
export interface OutgoingEvent {
  readonly topic: string;
  /** The publishing service, or empty. */
  readonly by: string;
  readonly data: string | undefined;
  /** The lexeme's, where there is one. */
  readonly version: number | undefined;
  readonly headers: Headers | undefined;
  /** Those who get it from the log. The same list each time, as long as it holds the same. */
  readonly without?: readonly LogListener[];
}

export interface EventServerHost {
  readonly clock: Clock;
  readonly self: () => InstanceRecord;
}

/** The publishing side: everything that arrives on the events socket, and the events that leave by it. */
export class EventServer {
  readonly sessions: Sessions;
  readonly subscriptions = new Subscriptions();
  private readonly listeners = new Set<(subscription?: ActiveSubscription) => void>();
  /** Subscriptions that got events since the last heartbeat. */
  private readonly active = new Set<ActiveSubscription>();
  private heartbeat: Timer | undefined;

  constructor(private readonly host: EventServerHost) {
    this.sessions = new Sessions(host.self, host.clock, {
      message: (session, envelope) => this.message(session, envelope),
      left: (session) => this.left(session),
    });
  }

  /** Calls `listener` after each subscription that comes (given) or goes. */
  onChange(listener: (subscription?: ActiveSubscription) => void): void {
    this.listeners.add(listener);
  }

  received(channel: Channel, batch: Batch): void {
    this.sessions.received(channel, batch);
  }

  closed(channel: Channel): void {
    this.sessions.closed(channel);
  }

  /** Sends `event` to whoever subscribes to its topic now. */
  publish(event: OutgoingEvent): PublishReceipt {
    const { each, groups, services, overlaps } = this.subscriptions.recipients(
      event.topic,
      event.by,
      event.without,
    );
    if (services === 0) return NOBODY;
    const encode = encoder(event);
    const reached = overlaps ? new Set<Session>() : undefined;
    let instances = 0;
    let dropped = 0;
    for (const subscription of each) {
      if (!this.send(subscription, encode)) dropped++;
      else if (reached === undefined) instances++;
      else reached.add(subscription.session);
    }
    for (const group of groups) {
      const taker = this.sendToOne(group, encode);
      if (taker === undefined) dropped++;
      else if (reached === undefined) instances++;
      else reached.add(taker.session);
    }
    if (this.heartbeat === undefined) this.heartbeat = this.host.clock.after(HEARTBEAT, this.beat);
    return { services, instances: reached?.size ?? instances, dropped };
  }

  close(): void {
    this.heartbeat?.cancel();
  }

  private message(session: Session, envelope: Envelope): void {
    switch (envelope.t) {
      case 'sub': {
        const subscription = this.subscriptions.add(session, envelope);
        if (subscription === undefined) {
          session.channel.send(encodeError(envelope.i, TOO_MANY, 'REJECTED'));
          break;
        }
        session.channel.send(encodeEnvelope({ t: 'subd', i: envelope.i, n: subscription.sequence }));
        this.changed(subscription);
        break;
      }
      case 'uns':
        this.subscriptions.remove(session, envelope.i);
        this.changed();
        break;
      default:
      // A message of another socket's: of no use here, and of no harm.
    }
  }

  private left(session: Session): void {
    for (const subscription of this.subscriptions.ofSession(session)) this.active.delete(subscription);
    this.subscriptions.removeSession(session);
    this.changed();
  }

  private changed(subscription?: ActiveSubscription): void {
    for (const listener of this.listeners) listener(subscription);
  }

  private send(subscription: ActiveSubscription, encode: Encode): boolean {
    const sequence = ++subscription.sequence;
    this.active.add(subscription);
    return subscription.session.channel.send(encode(subscription.id, sequence));
  }

  private sendToOne(group: Group, encode: Encode): ActiveSubscription | undefined {
    const { members } = group;
    const quiet = this.host.clock.now() - QUIET;
    const start = group.next;
    group.next = (start + 1) % members.length;
    // First a member that is heard and has room; then any that has room.
    for (const wantHeard of [true, false]) {
      for (let step = 0; step < members.length; step++) {
        const member = members[(start + step) % members.length]!;
        if (member.session.heardAt >= quiet !== wantHeard) continue;
        const { sequence } = member;
        if (this.send(member, encode)) return member;
        // Another gets it: nothing is missing here.
        member.sequence = sequence;
      }
    }
    members[start % members.length]!.sequence++;
    return undefined;
  }

  private readonly beat = (): void => {
    this.heartbeat = undefined;
    const active = new Map<Session, ActiveSubscription[]>();
    for (const subscription of this.active) {
      const those = active.get(subscription.session);
      if (those === undefined) active.set(subscription.session, [subscription]);
      else those.push(subscription);
    }
    this.active.clear();
    for (const [session, those] of active) {
      const n = those.map(({ id, sequence }): [number, number] => [id, sequence]);
      if (session.channel.send(encodeEnvelope({ t: 'beat', n }))) continue;
      // Its budget is full, so its last events were dropped: it is told of them when it reads again.
      for (const subscription of those) this.active.add(subscription);
    }
    if (this.active.size > 0) this.heartbeat ??= this.host.clock.after(HEARTBEAT, this.beat);
  };
}

const TOO_MANY = new AtomError(
  'RESOURCE_EXHAUSTED',
  `A connection may hold ${MAX_SUBSCRIPTIONS} subscriptions`,
);

const NOBODY: PublishReceipt = Object.freeze({ services: 0, instances: 0, dropped: 0 });

type Encode = (id: number, sequence: number) => string;

/** Encodes an event for subscriptions; equal ones in a row share the text. */
function encoder(event: OutgoingEvent): Encode {
  const { topic, by, data, version, headers } = event;
  let tail = `,"p":${JSON.stringify(topic)}`;
  if (by !== '') tail += `,"by":${JSON.stringify(by)}`;
  if (version !== undefined) tail += `,"v":${version}`;
  if (headers !== undefined) tail += `,"h":${JSON.stringify(headers)}`;
  tail += data === undefined ? '}' : `,"d":${data}}`;
  let lastId = -1;
  let lastSequence = -1;
  let last = '';
  return (id, sequence) => {
    if (id !== lastId || sequence !== lastSequence) {
      last = `{"t":"evt","i":${id},"n":${sequence}${tail}`;
      lastId = id;
      lastSequence = sequence;
    }
    return last;
  };
}
