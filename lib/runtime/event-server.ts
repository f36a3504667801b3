import type { Clock } from '../../nucleus/clock.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { Logger } from '../../nucleus/logger.js';
import { AtomError } from '../errors.js';
import { type Batch, encodeEnvelope } from '../wire/codec.js';
import { encodeError } from '../wire/error-reply.js';
import type { Envelope } from '../wire/envelope.js';
import { CatchUp } from './catch-up.js';
import { type Encode, encoder, tailOf } from './event-text.js';
import { Heartbeats, tell } from './heartbeats.js';
import type { Channel, Session } from './session.js';
import type { OutgoingEvent } from './outgoing-event.js';
import { type KeptEvent, ReplayRing } from './replay-ring.js';
import { SlowSubscribers } from './slow-subscribers.js';
import { Sessions } from './sessions.js';
import { takeBack } from './take-back.js';
import {
  type ActiveSubscription,
  type Group,
  MAX_SUBSCRIPTIONS,
  type Recipients,
  Subscriptions,
} from './subscriptions.js';

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

export interface EventServerHost {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly self: () => InstanceRecord;
  /** What may be sent again; undefined: nothing. */
  readonly replay?: { readonly messages: number; readonly bytes: number } | undefined;
}

/** The publishing side: everything that arrives on the events socket, and the events that leave by it. */
export class EventServer {
  readonly sessions: Sessions;
  readonly subscriptions = new Subscriptions();
  private readonly listeners = new Set<(subscription?: ActiveSubscription) => void>();
  readonly slow: SlowSubscribers;
  private readonly heartbeats: Heartbeats;
  private readonly ring: ReplayRing | undefined;
  private readonly catchUp: CatchUp | undefined;

  constructor(private readonly host: EventServerHost) {
    this.heartbeats = new Heartbeats(host.clock);
    this.slow = new SlowSubscribers(host.clock, host.logger);
    const { replay } = host;
    this.ring = replay && new ReplayRing(replay.messages, replay.bytes);
    this.catchUp = this.ring && new CatchUp(host.clock, this.ring);
    this.sessions = new Sessions(host.self, host.clock, {
      message: (session, envelope) => this.message(session, envelope),
      left: (session, said) => this.left(session, said),
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
    const { each, groups, away, services, overlaps } = this.recipients(event);
    if (services === 0 && away.length === 0) return NOBODY;
    const tail = tailOf(event);
    const kept = this.ring?.add(tail);
    for (const subscription of away) {
      subscription.missed++;
      subscription.sequence++;
      if (kept !== undefined) this.ring!.meant(kept, subscription, subscription.sequence);
    }
    if (services === 0) return NOBODY;
    const encode = encoder(tail);
    const reached = overlaps ? new Set<Session>() : undefined;
    let instances = 0;
    let dropped = 0;
    for (const subscription of each) {
      if (!this.send(subscription, encode, kept)) dropped++;
      else if (reached === undefined) instances++;
      else reached.add(subscription.session);
    }
    for (const group of groups) {
      const taker = this.sendToOne(group, encode, kept);
      if (taker === undefined) dropped++;
      else if (reached === undefined) instances++;
      else reached.add(taker.session);
    }
    this.heartbeats.start();
    return { services, instances: reached?.size ?? instances, dropped };
  }

  /** Tells every subscriber its last sequences, before this instance leaves. */
  sayLast(): void {
    this.catchUp?.finish();
    this.heartbeats.flush();
  }

  close(): void {
    this.heartbeats.close();
    this.catchUp?.close();
  }

  private message(session: Session, envelope: Envelope): void {
    switch (envelope.t) {
      case 'sub': {
        const added = this.subscriptions.add(session, envelope);
        if (added === undefined) {
          session.channel.send(encodeError(envelope.i, TOO_MANY, 'REJECTED'));
          break;
        }
        const { subscription } = added;
        if (added.resumed) this.resume(subscription, envelope.n);
        else session.channel.send(encodeEnvelope({ t: 'subd', i: envelope.i, n: subscription.sequence }));
        this.changed(subscription);
        break;
      }
      case 'uns': {
        const subscription = this.subscriptions.remove(session, envelope.i);
        if (subscription === undefined) break;
        this.heartbeats.remove(subscription);
        this.catchUp?.send(subscription);
        this.catchUp?.end(subscription);
        this.handOver(session, [subscription]);
        // What it gets is complete: whatever is missing up to here was lost.
        tell(session, [subscription]);
        this.changed();
        break;
      }
      default:
      // A message of another socket's: of no use here, and of no harm.
    }
  }

  /** The subscription goes on: `last` is the sequence that it had last on the connection before, if it had any. */
  private resume(subscription: ActiveSubscription, last = subscription.start): void {
    // What was meant for its group while nobody of it was there is told to the first who comes back.
    for (const other of this.subscriptions.awayWith(subscription)) {
      this.ring?.move(other, other.sequence - other.missed, subscription, subscription.sequence);
      subscription.sequence += other.missed;
      other.sequence -= other.missed;
      other.missed = 0;
    }
    const { id, sequence, session } = subscription;
    const first = this.ring?.after(subscription, last)[0]?.sequence ?? sequence + 1;
    const lost = Math.max(0, first - 1 - last);
    session.channel.send(encodeEnvelope({ t: 'subd', i: id, n: first - 1, l: lost }));
    if (first > sequence) return;
    this.catchUp!.begin(subscription, first - 1);
    this.catchUp!.send(subscription);
    this.heartbeats.add(subscription);
    this.heartbeats.start();
  }

  private left(session: Session, said: boolean): void {
    this.slow.forget(session);
    const leaving = [...this.subscriptions.ofSession(session)];
    for (const subscription of leaving) {
      this.heartbeats.remove(subscription);
      this.catchUp?.end(subscription);
    }
    if (said) this.subscriptions.removeSession(session);
    else this.subscriptions.lose(session, this.host.clock.now());
    this.handOver(session, leaving);
    this.changed();
  }

  /** What waits in a session's queue for those who leave it goes to another instance of their group. */
  private handOver(session: Session, leaving: readonly ActiveSubscription[]): void {
    const subscriptions = new Map<number, ActiveSubscription>();
    const groups = new Map<ActiveSubscription, Group>();
    for (const subscription of leaving) {
      if (subscription.delivery !== 'group') continue;
      const members = this.subscriptions.membersWith(subscription);
      if (members.length === 0) continue;
      subscriptions.set(subscription.id, subscription);
      groups.set(subscription, { members, next: 0 });
    }
    if (groups.size === 0) return;
    for (const { subscription, tail, kept } of takeBack(session, subscriptions, this.ring)) {
      this.sendToOne(groups.get(subscription)!, encoder(tail), kept);
    }
    this.heartbeats.start();
  }

  private recipients({ topic, by, without }: OutgoingEvent): Recipients {
    const found = this.subscriptions.recipients(topic, by, without);
    if (found.away.length === 0 || !this.subscriptions.expire(this.host.clock.now())) return found;
    return this.subscriptions.recipients(topic, by, without);
  }

  private changed(subscription?: ActiveSubscription): void {
    for (const listener of this.listeners) listener(subscription);
  }

  private send(subscription: ActiveSubscription, encode: Encode, kept: KeptEvent | undefined): boolean {
    const sequence = subscription.sequence + 1;
    if (
      subscription.sent === undefined &&
      subscription.session.channel.send(encode(subscription.id, sequence))
    ) {
      this.meant(subscription, sequence, kept);
      return true;
    }
    this.drop(subscription, sequence, kept);
    return false;
  }

  private sendToOne(
    group: Group,
    encode: Encode,
    kept: KeptEvent | undefined,
  ): ActiveSubscription | undefined {
    const { members } = group;
    const quiet = this.host.clock.now() - QUIET;
    const start = group.next;
    group.next = (start + 1) % members.length;
    // First a member that is heard and has room; then any that has room.
    for (const wantHeard of [true, false]) {
      for (let step = 0; step < members.length; step++) {
        const member = members[(start + step) % members.length]!;
        if (member.session.heardAt >= quiet !== wantHeard || member.sent !== undefined) continue;
        const sequence = member.sequence + 1;
        if (!member.session.channel.send(encode(member.id, sequence))) continue;
        this.meant(member, sequence, kept);
        return member;
      }
    }
    const loser = members[start % members.length]!;
    this.drop(loser, loser.sequence + 1, kept);
    return undefined;
  }

  /** It was sent to `subscription`, or should have been. */
  private meant(subscription: ActiveSubscription, sequence: number, kept: KeptEvent | undefined): void {
    subscription.sequence = sequence;
    this.heartbeats.add(subscription);
    if (kept !== undefined) this.ring!.meant(kept, subscription, sequence);
  }

  /** There is no room for it. */
  private drop(subscription: ActiveSubscription, sequence: number, kept: KeptEvent | undefined): void {
    this.meant(subscription, sequence, kept);
    this.slow.dropped(subscription.session);
    if (kept !== undefined && subscription.sent === undefined)
      this.catchUp!.begin(subscription, sequence - 1);
  }
}

const TOO_MANY = new AtomError(
  'RESOURCE_EXHAUSTED',
  `A connection may hold ${MAX_SUBSCRIPTIONS} subscriptions`,
);

const NOBODY: PublishReceipt = Object.freeze({ services: 0, instances: 0, dropped: 0 });
