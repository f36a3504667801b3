import type { DirectoryChange } from '../../nucleus/directory.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { AtomError } from '../errors.js';
import type { GapListener } from '../runtime/gap.js';
import type { ContextHost } from '../runtime/inbound-context.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import type { ConnectionHost } from './connection.js';
import { Feed, type LaggingFeed, type Positions } from './feed.js';
import { type FeedCounts, Gaps } from './gaps.js';
import { LocalSubscription } from './local-subscription.js';

/** Publishers that went without a goodbye and whose last sequences are remembered. */
const MAX_BEFORE = 1000;

export interface SubscriberHost extends ConnectionHost, ContextHost {
  /** Told of every gap. */
  readonly onGap?: GapListener | undefined;
}

/** The listening side: which subscriptions this process holds, at which publishers. */
export class Subscriber {
  private readonly gaps: Gaps;
  private readonly subscriptions = new Set<LocalSubscription>();
  private readonly feeds = new Map<string, Feed>();
  /** How far the feeds of publishers had come that were given up, and may come back. */
  private readonly before = new Map<string, Positions>();
  private readonly unsubscribe: () => void;
  private own: InstanceRecord | undefined;
  private nextId = 0;
  private draining = false;

  constructor(private readonly host: SubscriberHost) {
    this.gaps = new Gaps(host.clock, host.logger, host.onGap);
    this.unsubscribe = host.directory.subscribe((change) => this.apply(change));
  }

  get counts(): FeedCounts {
    return this.gaps.counts;
  }

  /** Publishers whose events this process takes too slowly. */
  behind(): LaggingFeed[] {
    return [...this.feeds.values()].flatMap(({ lagging }) => lagging ?? []);
  }

  /** What this process listens to, for its record. */
  records(): InstanceRecord['subscriptions'] {
    return [...this.subscriptions].map((subscription) => subscription.record);
  }

  /** This process hears its own events too; the directory does not hold it. */
  setOwn(record: InstanceRecord): void {
    const first = this.own === undefined;
    this.own = record;
    for (const known of first ? this.known() : [record]) this.attend(known);
  }

  /** Resolves, with the subscription, when every publisher that is known and connected now has confirmed it. */
  add(service: string, handler: EventHandler): { subscription: LocalSubscription; confirmed: Promise<void> } {
    const subscription = new LocalSubscription(++this.nextId, service, handler);
    this.subscriptions.add(subscription);
    const confirmations = this.known().map((record) => this.attendOne(record, subscription));
    return { subscription, confirmed: Promise.all(confirmations).then(() => undefined) };
  }

  /** No event reaches its handler any more, but for those that it has begun to handle. */
  async remove(subscription: LocalSubscription): Promise<void> {
    subscription.end();
    this.subscriptions.delete(subscription);
    for (const feed of this.feeds.values()) feed.remove(subscription);
    await this.dropEmptyFeeds();
  }

  /** Leaves every publisher, then resolves when all events that have arrived are handled. */
  async drain(): Promise<void> {
    this.draining = true;
    await Promise.all([...this.feeds.values()].map((feed) => feed.drain()));
    await Promise.all([...this.subscriptions].map((subscription) => subscription.lanes.settled()));
  }

  /** Aborts what is still being handled, names its handlers, and begins nothing more. */
  abort(reason: AtomError): readonly string[] {
    const names: string[] = [];
    for (const subscription of this.subscriptions) {
      subscription.end();
      for (const context of [...subscription.running]) {
        names.push(context.name);
        context.cancel(reason);
      }
    }
    return names;
  }

  async close(): Promise<void> {
    this.draining = true;
    this.host.pulse.remove(this.look);
    this.unsubscribe();
    await Promise.all([...this.feeds.values()].map((feed) => feed.stop()));
    this.feeds.clear();
    this.gaps.close();
  }

  private readonly look = (now: number): void => {
    if (this.feeds.size === 0) this.host.pulse.remove(this.look);
    for (const feed of this.feeds.values()) feed.look(now);
  };

  private known(): InstanceRecord[] {
    const records = this.host.directory.list().map((entry) => entry.record);
    return this.own === undefined ? records : [...records, this.own];
  }

  private apply({ type, entry }: DirectoryChange): void {
    if (type === 'removed') this.giveUp(entry.record.id);
    else if (type !== 'state') this.attend(entry.record);
  }

  private giveUp(publisher: string): void {
    const feed = this.feeds.get(publisher);
    if (feed === undefined) return;
    this.feeds.delete(publisher);
    if (!this.host.directory.saidGoodbye(publisher)) {
      this.before.set(publisher, feed.positions());
      for (const oldest of this.before.keys()) {
        if (this.before.size <= MAX_BEFORE) break;
        this.before.delete(oldest);
      }
    }
    feed.abandon();
  }

  private attend(record: InstanceRecord): void {
    for (const subscription of this.subscriptions) void this.attendOne(record, subscription);
  }

  private attendOne(record: InstanceRecord, subscription: LocalSubscription): Promise<void> {
    const { from } = subscription;
    if (this.draining || this.own === undefined) return Promise.resolve();
    if (from !== undefined && !record.services.some((service) => service.name === from))
      return Promise.resolve();
    let feed = this.feeds.get(record.id);
    if (feed === undefined) {
      feed = new Feed(this.host, record, this.own.id, this.gaps, this.before.get(record.id));
      this.before.delete(record.id);
      this.host.pulse.add(this.look);
      this.feeds.set(record.id, feed);
    }
    return feed.has(subscription) ? Promise.resolve() : feed.add(subscription);
  }

  private async dropEmptyFeeds(): Promise<void> {
    const empty = [...this.feeds].filter(([, feed]) => feed.isEmpty);
    // All of them before the first wait: the publisher may get another feed meanwhile.
    for (const [id] of empty) this.feeds.delete(id);
    await Promise.all(empty.map(([, feed]) => feed.stop()));
  }
}
