import { topicMatcher } from '../runtime/topic.js';
import type { DurableGroup, LogEntry } from './durable-log.js';

/** Topics whose groups are remembered. */
const MAX_REMEMBERED = 1000;

/** Finds the groups that get an event, and remembers them until the groups change. */
export class Listening<G extends DurableGroup = DurableGroup> {
  private readonly groups: readonly { readonly group: G; readonly matches: (topic: string) => boolean }[];
  private readonly remembered = new Map<string, readonly G[]>();

  constructor(groups: Iterable<G>) {
    this.groups = [...groups].map((group) => ({ group, matches: topicMatcher(group.topic) }));
  }

  /** The same list each time for the same topic and publisher. */
  of({ topic, by }: Pick<LogEntry, 'topic' | 'by'>): readonly G[] {
    const key = `${topic}\n${by.join('\n')}`;
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const found = this.groups
      .filter(({ group: { from }, matches }) => (from === undefined || by.includes(from)) && matches(topic))
      .map(({ group }) => group);
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, found);
    return found;
  }
}
