import { type BeginEntry, entriesOf, type Entry, type EntryOf, type History } from '../history.js';

/** Groups `items` by what `keyOf` gives; undefined: not at all. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number | undefined,
): Map<string | number, T[]> {
  const groups = new Map<string | number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A call with what became of it. */
export interface CallStory {
  readonly call: EntryOf<'call'>;
  readonly begun: readonly EntryOf<'begin'>[];
  readonly settled: readonly EntryOf<'settled'>[];
  /** All of its entries, in order. */
  readonly entries: readonly Entry[];
}

/** Most invariants look at the stories of the same history. */
const known = new WeakMap<History, readonly CallStory[]>();

export function storiesOf(history: History): readonly CallStory[] {
  const stories = known.get(history) ?? tell(history);
  known.set(history, stories);
  return stories;
}

function tell(history: History): CallStory[] {
  const begun = groupBy(entriesOf(history, 'begin'), ({ call }) => call);
  const settled = groupBy(entriesOf(history, 'settled'), ({ call }) => call);
  return entriesOf(history, 'call').map((call) => {
    const own = { begun: begun.get(call.call) ?? [], settled: settled.get(call.call) ?? [] };
    return { call, ...own, entries: [call, ...own.begun, ...own.settled].sort((a, b) => a.at - b.at) };
  });
}

/** An execution, from its beginning to its end; Infinity when its process did not live to see it. */
export interface Execution {
  readonly begin: BeginEntry & { readonly at: number };
  readonly end: EntryOf<'end'> | undefined;
  readonly endsAt: number;
}

/** Every execution of a call, in the order in which they began. */
export function executionsOf(history: History): Execution[] {
  const ends = new Map(entriesOf(history, 'end').map((end) => [end.exec, end]));
  return entriesOf(history, 'begin').map((begin) => {
    const end = ends.get(begin.exec);
    return { begin, end, endsAt: end?.at ?? Infinity };
  });
}

/** Lives that came to an abrupt end: nothing is known of what they had under way. */
export function crashedLives(history: History): Set<string> {
  return new Set(
    entriesOf(history, 'fault').flatMap(({ what, on }) => (what === 'crash' && on !== undefined ? [on] : [])),
  );
}

/** When a frozen life goes on: the end of the freeze that `at` lies in, or `at`. */
export function thawedAt(history: History): (life: string, at: number) => number {
  const freezes = groupBy(
    entriesOf(history, 'fault').filter(({ what }) => what === 'freeze' || what === 'thaw'),
    ({ on }) => on,
  );
  return (life, at) => {
    let frozen = false;
    for (const { what, at: when } of freezes.get(life) ?? []) {
      if (what === 'freeze' && when <= at) frozen = true;
      if (what === 'thaw' && frozen) {
        if (when >= at) return when;
        frozen = false;
      }
    }
    return frozen ? Infinity : at;
  };
}
