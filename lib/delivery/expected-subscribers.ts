import type { Clock } from '../../nucleus/clock.js';
import type { Directory } from '../../nucleus/directory.js';
import type { InstanceRecord, SubscriptionRecord } from '../../nucleus/instance-record.js';
import type { EventServer } from '../runtime/event-server.js';
import { PairMemo } from '../runtime/pair-memo.js';
import { isFrom } from '../runtime/subscriptions.js';
import { topicMatcher } from '../runtime/topic.js';

/** Patterns whose matcher is remembered. */
const MAX_MATCHERS = 1000;

interface Remembered {
  readonly version: number;
  /** Keys of the subscriptions that are announced but not made yet. */
  readonly missing: readonly string[];
}

/**
 * Knows which subscriptions instances have announced but not made here yet. An event that is published in
 * between would be lost to them, so publishing waits for them, a bounded time.
 */
export class ExpectedSubscribers {
  private readonly remembered = new PairMemo<Remembered>();
  private readonly matchers = new Map<string, (topic: string) => boolean>();
  /** Waited for in vain; forgotten when the instance has changed or gone. */
  private readonly givenUp = new Set<string>();
  private readonly waiting = new Set<() => void>();
  /** Counts what may change an answer. */
  private version = 0;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly directory: Directory,
    private readonly server: EventServer,
    private readonly clock: Clock,
    private readonly own: () => InstanceRecord,
    private readonly wait: number,
  ) {
    this.unsubscribe = directory.subscribe(({ type, entry }) => {
      if (type !== 'state') this.forget(entry.record.id);
      this.changed();
    });
    server.onChange((subscription) => {
      if (subscription !== undefined) this.forget(subscription.session.instance);
      this.changed();
    });
  }

  /** Undefined when nobody is missing, else a promise that resolves when nobody is, or the wait is over. */
  ready(topic: string, publisher: string): Promise<void> | undefined {
    if (this.missing(topic, publisher).length === 0) return undefined;
    return new Promise((resolve) => {
      const end = (): void => {
        this.waiting.delete(check);
        timer.cancel();
        resolve();
      };
      const check = (): void => {
        if (this.missing(topic, publisher).length === 0) end();
      };
      const timer = this.clock.after(this.wait, () => {
        for (const key of this.missing(topic, publisher)) this.givenUp.add(key);
        this.version++;
        end();
      });
      this.waiting.add(check);
    });
  }

  /** The own record has changed. */
  changed(): void {
    this.version++;
    for (const check of [...this.waiting]) check();
  }

  close(): void {
    this.unsubscribe();
  }

  private missing(topic: string, publisher: string): readonly string[] {
    const known = this.remembered.get(publisher, topic);
    if (known?.version === this.version) return known.missing;
    const missing = this.find(topic, publisher);
    this.remembered.set(publisher, topic, { version: this.version, missing });
    return missing;
  }

  private find(topic: string, publisher: string): string[] {
    const made = new Set<string>();
    for (const { session, pattern, service, from } of this.server.subscriptions.all()) {
      made.add(keyOf(session.instance, service, pattern, from));
    }
    const missing: string[] = [];
    const own = new Set(this.own().services.map(({ name }) => name));
    const look = (record: InstanceRecord): void => {
      for (const subscription of record.subscriptions) {
        if (!isFrom(subscription.from, publisher)) continue;
        if (subscription.from !== undefined && !own.has(subscription.from)) continue;
        if (!this.matches(subscription, topic)) continue;
        const service = subscription.service === '' ? record.id : subscription.service;
        const key = keyOf(record.id, service, subscription.topic, subscription.from);
        if (!made.has(key) && !this.givenUp.has(key)) missing.push(key);
      }
    };
    for (const entry of this.directory.list()) if (entry.state === 'routable') look(entry.record);
    look(this.own());
    return missing;
  }

  private matches({ topic: pattern }: SubscriptionRecord, topic: string): boolean {
    let matcher = this.matchers.get(pattern);
    if (matcher === undefined) {
      if (this.matchers.size >= MAX_MATCHERS) this.matchers.clear();
      matcher = topicMatcher(pattern);
      this.matchers.set(pattern, matcher);
    }
    return matcher(topic);
  }

  private forget(instance: string): void {
    for (const key of this.givenUp) if (key.startsWith(`${instance}\n`)) this.givenUp.delete(key);
  }
}

function keyOf(instance: string, service: string, pattern: string, from: string | undefined): string {
  return `${instance}\n${service}\n${pattern}\n${from ?? ''}`;
}
