import type { Delivery } from '../../nucleus/delivery.js';
import type { Subscribe } from '../wire/envelope.js';
import type { Session } from './session.js';
import { PairMemo } from './pair-memo.js';
import { topicMatcher } from './topic.js';

/** A subscription that a peer has made here, on the publishing side. */
export interface ActiveSubscription {
  readonly session: Session;
  /** Chosen by the subscriber, unique on its session. */
  readonly id: number;
  readonly pattern: string;
  /** The subscribing service: with the pattern, the group. */
  readonly service: string;
  readonly delivery: Delivery;
  readonly from: string | undefined;
  readonly matches: (topic: string) => boolean;
  /** Sequence of the last event that was meant for it. */
  sequence: number;
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
  private readonly remembered = new PairMemo<Recipients>();
  /** Of durable events: those who do not get them from the log. */
  private readonly live = new PairMemo<{
    readonly without: readonly LogListener[];
    readonly recipients: Recipients;
  }>();

  /** Adds it, or replaces the session's one of the same id. Undefined when the session has too many. */
  add(session: Session, message: Subscribe): ActiveSubscription | undefined {
    const own = this.bySession.get(session) ?? new Map<number, ActiveSubscription>();
    if (own.size >= MAX_SUBSCRIPTIONS && !own.has(message.i)) return undefined;
    this.bySession.set(session, own);
    const subscription: ActiveSubscription = {
      session,
      id: message.i,
      pattern: message.p,
      service: message.s,
      delivery: message.g,
      from: message.from,
      matches: topicMatcher(message.p),
      sequence: this.latest(message.p),
    };
    own.set(message.i, subscription);
    this.forget();
    return subscription;
  }

  remove(session: Session, id: number): void {
    const own = this.bySession.get(session);
    if (own?.delete(id) === true) this.forget();
    if (own?.size === 0) this.bySession.delete(session);
  }

  removeSession(session: Session): void {
    if (this.bySession.delete(session)) this.forget();
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
    const found = this.find(topic, publisher, this.all());
    this.remembered.set(publisher, topic, found);
    return found;
  }

  private recipientsWithout(topic: string, publisher: string, without: readonly LogListener[]): Recipients {
    const known = this.live.get(publisher, topic);
    if (known?.without === without) return known.recipients;
    const isOfLog = ({ service, pattern, from }: ActiveSubscription): boolean =>
      without.some((one) => one.service === service && one.topic === pattern && one.from === from);
    const rest = [...this.all()].filter((one) => one.delivery === 'broadcast' || !isOfLog(one));
    const recipients = this.find(topic, publisher, rest);
    this.live.set(publisher, topic, { without, recipients });
    return recipients;
  }

  private forget(): void {
    this.remembered.clear();
    this.live.clear();
  }

  private find(topic: string, publisher: string, among: Iterable<ActiveSubscription>): Recipients {
    const each: ActiveSubscription[] = [];
    const groups = new Map<string, ActiveSubscription[]>();
    for (const subscription of among) {
      if (!isFrom(subscription.from, publisher)) continue;
      if (!subscription.matches(topic)) continue;
      if (subscription.delivery === 'broadcast') each.push(subscription);
      else {
        const key = `${subscription.service}\n${subscription.pattern}\n${subscription.from ?? ''}`;
        const members = groups.get(key);
        if (members === undefined) groups.set(key, [subscription]);
        else members.push(subscription);
      }
    }
    const shared: Group[] = [];
    for (const members of groups.values()) {
      if (members.length === 1) each.push(members[0]!);
      else shared.push({ members, next: 0 });
    }
    const all = [...each, ...shared.flatMap(({ members }) => members)];
    return {
      each,
      groups: shared,
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
