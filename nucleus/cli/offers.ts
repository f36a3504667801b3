import { topicMatcher } from '../../lib/runtime/topic.js';
import type { DirectoryEntry } from '../directory.js';
import type { InstanceRecord } from '../instance-record.js';

/** Who listens to a topic, as the instances' records say. */
export interface Listener {
  /** Empty for a client that serves nothing. */
  readonly service: string;
  /** Hears this publisher only. */
  readonly from: string | undefined;
  readonly pattern: string;
  readonly delivery: string;
}

/** The services (each once per pattern) that listen to an exact topic. */
export function listenersOf(entries: readonly DirectoryEntry[], topic: string): Listener[] {
  const found = new Map<string, Listener>();
  for (const { record, state } of entries) {
    if (state !== 'routable') continue;
    for (const { service, from, topic: pattern, delivery } of record.subscriptions) {
      if (!topicMatcher(pattern)(topic)) continue;
      found.set(`${service}\n${from ?? ''}\n${pattern}`, { service, from, pattern, delivery });
    }
  }
  return [...found.values()];
}

/** Every operation of a service, in order. */
export function operationsOf(entries: readonly DirectoryEntry[], service: string): string[] {
  const operations = entries.flatMap(({ record }) =>
    record.services
      .filter(({ name }) => name === service)
      .flatMap((one) => one.operations.map(({ name }) => name)),
  );
  return [...new Set(operations)].sort();
}

/** What one instance of a service offers, in words and in order: its operations, and the topics that it listens to. */
export function offersOf({ services, subscriptions }: InstanceRecord, service: string): string[] {
  const operations = services
    .filter(({ name }) => name === service)
    .flatMap((one) => one.operations.map(({ name }) => `operation '${name}'`));
  const topics = subscriptions
    .filter((one) => one.service === service)
    .map(({ topic, from }) => `topic '${topic}'${from === undefined ? '' : ` from ${from}`}`);
  return [...new Set([...operations, ...topics])].sort();
}
