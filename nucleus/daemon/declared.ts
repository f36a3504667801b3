import type { InstanceRecord } from '../instance-record.js';

/** Which service named which as the publisher that it listens to, over all records. */
export class Declared {
  private readonly counts = new Map<string, number>();

  add(record: InstanceRecord): void {
    for (const key of keysOf(record)) this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  remove(record: InstanceRecord): void {
    for (const key of keysOf(record)) {
      const left = (this.counts.get(key) ?? 0) - 1;
      if (left > 0) this.counts.set(key, left);
      else this.counts.delete(key);
    }
  }

  has(from: string, to: string, topic: string): boolean {
    return this.counts.has(keyOf(from, to, topic));
  }
}

function keysOf({ subscriptions }: InstanceRecord): readonly string[] {
  return subscriptions
    .slice(0, MAX_SUBSCRIPTIONS)
    .flatMap(({ from, service, topic }) => (from === undefined ? [] : keyOf(from, service, topic)));
}

function keyOf(from: string, to: string, topic: string): string {
  return `${from}\n${to}\n${topic}`;
}

/** Of one record, that are looked at. */
const MAX_SUBSCRIPTIONS = 1000;
