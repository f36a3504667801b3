import { isObject } from '../record-check.js';
import type { DurableView } from './http-api.js';
import { isAmount, isServiceName, isTopic, MAX_NAMES } from './plausible.js';

/** What one instance tells of its durable groups in `$stats`, by topic, or pattern, and the publisher where one is named. */
export type DurableGroups = ReadonlyMap<string, Omit<DurableView, 'topic' | 'undelivered'>>;

/** Reads it; what cannot be true is left out. */
export function checkDurable(value: unknown): DurableGroups {
  const found = new Map<string, Omit<DurableView, 'topic' | 'undelivered'>>();
  if (!isObject(value)) return found;
  for (const name in value) {
    const told = value[name];
    if (found.size >= MAX_NAMES || !isGroup(name) || !isObject(told)) continue;
    const { backlog, held, retrying, deadLettered } = told;
    if (!isAmount(backlog) || !isAmount(held) || !isAmount(retrying) || !isAmount(deadLettered)) continue;
    found.set(name, { backlog, held, retrying, deadLettered });
  }
  return found;
}

/**
 * What the groups of a service come to over its instances: each tells the whole backlog, as of a second ago, and what
 * itself holds of it.
 */
export function sumDurable(instances: Iterable<DurableGroups>): readonly DurableView[] {
  const sums = new Map<string, DurableView>();
  for (const groups of instances) {
    for (const [topic, told] of groups) {
      const { backlog, held, retrying, deadLettered } = sums.get(topic) ?? NOTHING;
      const sum = {
        topic,
        backlog: Math.max(backlog, told.backlog),
        held: held + told.held,
        retrying: retrying + told.retrying,
        deadLettered: deadLettered + told.deadLettered,
      };
      sums.set(topic, { ...sum, undelivered: Math.max(0, sum.backlog - sum.held) });
    }
  }
  return [...sums.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1)).slice(0, MAX_NAMES);
}

const NOTHING = { backlog: 0, held: 0, retrying: 0, deadLettered: 0 };

function isGroup(name: string): boolean {
  const [topic, from, ...rest] = name.split(' ');
  return isTopic(topic) && (from === undefined || isServiceName(from)) && rest.length === 0;
}
