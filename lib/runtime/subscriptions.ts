import type { Delivery } from '../../nucleus/delivery.js';
import type { Subscribe } from '../wire/envelope.js';
import type { Session } from './session.js';
import { PairMemo } from './pair-memo.js';
import { topicMatcher } from './topic.js';

/** A subscription that a peer has made here, on the publishing side. */
export interface ActiveSubscription {
  /** Where it is; of one whose connection is lost, where it was. */
  session: Session;
  /** Chosen by the subscriber, unique on its session. */
  readonly id: number;
  readonly pattern: string;
  /** The subscribing service: with the pattern, the group. */
  readonly service: string;
  readonly delivery: Delivery;
  readonly from: string | undefined;
  readonly matches: (topic: string) => boolean;
  /** The sequence after which it began. */
  readonly start: number;
  /** Sequence of the last event that was meant for it. */
  sequence: number;
  /** While it is behind: the sequence up to which it was sent what the ring has. */
  sent: number | undefined;
  /** Since when its connection is lost, on the clock, ms; undefined while it is there. */
  awaySince: number | undefined;
  /** Events that were meant for it since then. */
  missed: number;
}

/** A subscription that was made, or that goes on. */
export interface Added {
  readonly subscription: ActiveSubscription;
  /** Its instance had it on another connection before, and lost nothing but that. */
  readonly resumed: boolean;
}

/** Who gets an event from the log: a service, by a topic or pattern, of one publisher or of all. */
export interface LogListener {
  readonly service: string;
  readonly topic: string;
  readonly from: string | undefined;
}

/** Who gets an event of one topic. */
export interface Recipients {
  /** Each of these. */
  readonly each: readonly ActiveSubscription[];
  /** One of each of these. */
  readonly groups: readonly Group[];
  /** Those who get nothing, since their connection is lost, and to whom it counts as missed. */
  readonly away: readonly ActiveSubscription[];
  /** How many services these are; a subscriber that serves nothing counts as one. */
  readonly services: number;
  /** One session is there more than once, so it may get the event more than once. */
  readonly overlaps: boolean;
}

/** Instances that share a subscription of a service. */
export interface Group {
  readonly members: readonly ActiveSubscription[];
  /** Whose turn it is. */
  next: number;
}

/** Subscriptions that one session may hold. */
export const MAX_SUBSCRIPTIONS = 10_000;
/** Subscriptions without a connection that are remembered, and how long, ms. */
const MAX_AWAY = 10_000;
export const AWAY_FOR = 5 * 60_000;

/**
 * Whether an event of `publisher` is one that a subscription to `from` wants. What a process of several
 * services publishes outside any handler is nobody's in particular, and so counts as each one's.
 */
export function isFrom(from: string | undefined, publisher: string): boolean {
  return from === undefined || publisher === '' || from === publisher;
}

/** The subscriptions that peers hold here, and who gets what. */
export class Subscriptions {
  private readonly bySession = new Map<Session, Map<number, ActiveSubscription>>();
  /** Those whose connection was lost, by instance and id, the longest away first. */
  private readonly away = new Map<string, ActiveSubscription>();
  private turn = 0;
  private readonly remembered = new PairMemo<Recipients>();
  /** Of durable events: those who do not get them from the log. */
  private readonly live = new PairMemo<{
    readonly without: readonly LogListener[];
    readonly recipients: Recipients;
  }>();

  /**
   * Adds it, or replaces the session's one of the same id; what the instance had on another connection goes on
   * here. Undefined when the session has too many.
   */
  add(session: Session, message: Subscribe): Added | undefined {
    const own = this.bySession.get(session) ?? new Map<number, ActiveSubscription>();
    if (own.size >= MAX_SUBSCRIPTIONS && !own.has(message.i)) return undefined;
    const before = this.takeBack(session, message);
    this.bySession.set(session, own);
    const subscription = before ?? this.make(session, message);
    own.set(message.i, subscription);
    this.forget();
    return { subscription, resumed: before !== undefined };
  }

  private make(session: Session, message: Subscribe): ActiveSubscription {
    const start = this.latest(message.p);
    return {
      session,
      id: message.i,
      pattern: message.p,
      service: message.s,
      delivery: message.g,
      from: message.from,
      matches: topicMatcher(message.p),
      start,
      sequence: start,
      sent: undefined,
      awaySince: undefined,
      missed: 0,
    };
  }

  /** What the session's instance had by this id on another connection, which is over even if nobody has noticed. */
  private takeBack(session: Session, message: Subscribe): ActiveSubscription | undefined {
    const { instance } = session;
    const key = awayKey(instance, message.i);
    let found = this.away.get(key);
    this.away.delete(key);
    for (const [other, own] of this.bySession) {
      if (other === session || other.instance !== instance) continue;
      found = own.get(message.i) ?? found;
      this.remove(other, message.i);
    }
    const { p, s, g, from } = message;
    if (found?.pattern !== p || found.service !== s || found.delivery !== g || found.from !== from)
      return undefined;
    found.session = session;
    found.awaySince = undefined;
    found.missed = 0;
    return found;
  }

  /** Gives what it removed. */
  remove(session: Session, id: number): ActiveSubscription | undefined {
    const own = this.bySession.get(session);
    const removed = own?.get(id);
    if (own?.delete(id) === true) this.forget();
    if (own?.size === 0) this.bySession.delete(session);
    return removed;
  }

  /** The session said that it ends. */
  removeSession(session: Session): void {
    if (this.bySession.delete(session)) this.forget();
  }

  /** The session is lost: its instance may come back on another. */
  lose(session: Session, now: number): void {
    for (const subscription of this.ofSession(session)) {
      subscription.awaySince = now;
      this.away.set(awayKey(session.instance, subscription.id), subscription);
    }
    this.bySession.delete(session);
    this.expire(now);
    this.forget();
  }

  /** Gives up those who have been away for too long, or are too many. @returns whether there were any */
  expire(now: number): boolean {
    const before = this.away.size;
    for (const [key, { awaySince = 0 }] of this.away) {
      if (this.away.size <= MAX_AWAY && now - awaySince < AWAY_FOR) break;
      this.away.delete(key);
    }
    if (this.away.size === before) return false;
    this.forget();
    return true;
  }

  /** The members of its group that are here, in other sessions. */
  membersWith(subscription: ActiveSubscription): ActiveSubscription[] {
    const group = groupKey(subscription);
    return [...this.all()].filter(
      (one) => one.delivery === 'group' && one.session !== subscription.session && groupKey(one) === group,
    );
  }

  /** The others of a group whose connection is lost. */
  *awayWith(subscription: ActiveSubscription): IterableIterator<ActiveSubscription> {
    if (subscription.delivery !== 'group') return;
    const group = groupKey(subscription);
    for (const one of this.away.values()) {
      if (one.delivery === 'group' && groupKey(one) === group) yield one;
    }
  }

  *all(): IterableIterator<ActiveSubscription> {
    for (const own of this.bySession.values()) yield* own.values();
  }

  ofSession(session: Session): Iterable<ActiveSubscription> {
    return this.bySession.get(session)?.values() ?? [];
  }

  recipients(topic: string, publisher: string, without?: readonly LogListener[]): Recipients {
    if (without !== undefined) return this.recipientsWithout(topic, publisher, without);
    const known = this.remembered.get(publisher, topic);
    if (known !== undefined) return known;
    const found = this.find(topic, publisher, () => true);
    this.remembered.set(publisher, topic, found);
    return found;
  }

  private recipientsWithout(topic: string, publisher: string, without: readonly LogListener[]): Recipients {
    const known = this.live.get(publisher, topic);
    if (known?.without === without) return known.recipients;
    const isOfLog = ({ service, pattern, from }: ActiveSubscription): boolean =>
      without.some((one) => one.service === service && one.topic === pattern && one.from === from);
    const isLive = (one: ActiveSubscription): boolean => one.delivery === 'broadcast' || !isOfLog(one);
    const recipients = this.find(topic, publisher, isLive);
    this.live.set(publisher, topic, { without, recipients });
    return recipients;
  }

  private forget(): void {
    this.remembered.clear();
    this.live.clear();
  }

  private find(
    topic: string,
    publisher: string,
    isMeant: (subscription: ActiveSubscription) => boolean,
  ): Recipients {
    const wants = (one: ActiveSubscription): boolean =>
      isFrom(one.from, publisher) && one.matches(topic) && isMeant(one);
    const each: ActiveSubscription[] = [];
    const groups = new Map<string, ActiveSubscription[]>();
    for (const subscription of this.all()) {
      if (!wants(subscription)) continue;
      if (subscription.delivery === 'broadcast') each.push(subscription);
      else {
        const key = groupKey(subscription);
        const members = groups.get(key);
        if (members === undefined) groups.set(key, [subscription]);
        else members.push(subscription);
      }
    }
    const away: ActiveSubscription[] = [];
    const missing = new Set<string>();
    for (const subscription of this.away.values()) {
      if (!wants(subscription)) continue;
      if (subscription.delivery === 'group') {
        // One of a group stands for all that are away, and for none while a member is there.
        const key = groupKey(subscription);
        if (groups.has(key) || missing.has(key)) continue;
        missing.add(key);
      }
      away.push(subscription);
    }
    const shared: Group[] = [];
    for (const members of groups.values()) {
      if (members.length === 1) each.push(members[0]!);
      // Another begins each time, so that topics with few events are shared out as well.
      else shared.push({ members, next: this.turn++ % members.length });
    }
    const all = [...each, ...shared.flatMap(({ members }) => members)];
    return {
      each,
      groups: shared,
      away,
      services: new Set(all.map(({ service }) => service)).size,
      overlaps: new Set(all.map(({ session }) => session)).size < all.length,
    };
  }

  /**
   * Where a new subscription to `pattern` starts to count: subscribers that get every event then have equal
   * sequences, and so share the encoded event.
   */
  private latest(pattern: string): number {
    let latest = 0;
    for (const other of this.all()) {
      if (other.pattern === pattern && other.sequence > latest) latest = other.sequence;
    }
    return latest;
  }
}

function awayKey(instance: string, id: number): string {
  return `${instance} ${id}`;
}

function groupKey({ service, pattern, from }: ActiveSubscription): string {
  return `${service}\n${pattern}\n${from ?? ''}`;
}
