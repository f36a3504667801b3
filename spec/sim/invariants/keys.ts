import type { Finding } from '../finding.js';
import { entriesOf, type EntryOf, type History } from '../history.js';
import { type Execution, executionsOf, groupBy, storiesOf } from './index-of.js';

/** An ejection is over when a call has shown that the instance is well; in the calm there is one as often as this, ms. */
const UNTIL_PROBED = 500;

/** Executions of the calls for which `keyOf` gives something, by that and their life. */
function executionsBy(
  history: History,
  keyOf: (call: EntryOf<'call'>) => string | undefined,
): (readonly [Execution, EntryOf<'call'>][])[] {
  const calls = new Map(entriesOf(history, 'call').map((call) => [call.call, call]));
  const all = executionsOf(history).flatMap((run) => {
    const call = calls.get(run.begin.call);
    return call === undefined ? [] : [[run, call] as [Execution, EntryOf<'call'>]];
  });
  const groups = groupBy(all, ([{ begin }, call]) => {
    const key = keyOf(call);
    return key === undefined ? undefined : `${begin.life}\n${call.service}\n${key}`;
  });
  return [...groups.values()];
}

/**
 * A call with an idempotency key is run once in a life, on one instance only. One that was cut off in the middle says nothing
 * of what it would have been, and may be run again.
 */
export function repeatsAnswered(history: History): Finding[] {
  const findings: Finding[] = executionsBy(history, ({ idempotencyKey }) => idempotencyKey).flatMap((runs) =>
    runs.slice(1).flatMap(([{ begin, end }], index): Finding[] => {
      const [before, call] = runs[index]!;
      if (before.end?.cut === true && before.endsAt <= begin.at) return [];
      const words = `'${call.idempotencyKey}' was run again on ${begin.life}, which knew it`;
      return [
        {
          words,
          entries: [call, before.begin, ...(before.end ? [before.end] : []), begin, ...(end ? [end] : [])],
        },
      ];
    }),
  );
  for (const { call, begun, entries } of storiesOf(history)) {
    if (call.idempotencyKey === undefined || new Set(begun.map(({ life }) => life)).size <= 1) continue;
    findings.push({ words: `'${call.idempotencyKey}' was run by more than one instance`, entries });
  }
  return findings;
}

/**
 * Calls with equal keys run one after another in a life, and in the order in which one caller made them. (What may be tried
 * again has no order; nor has what waited for another instance when its caller found this one, or found it again.)
 */
export function keysInTurn(history: History): Finding[] {
  const came = arrivals(history);
  return executionsBy(history, ({ key }) => key).flatMap((runs) => {
    const findings: Finding[] = [];
    const last = new Map<string, [Execution, EntryOf<'call'>]>();
    runs.forEach(([run, call], index) => {
      const before = runs[index - 1];
      if (before !== undefined && before[0].endsAt > run.begin.at) {
        findings.push({
          words: `Two calls with the key '${call.key}' ran at a time on ${run.begin.life}`,
          entries: [before[1], call, before[0].begin, run.begin],
        });
      }
      if (call.idempotent || call.idempotencyKey !== undefined) return;
      const earlier = last.get(call.by);
      const isOvertaken = earlier !== undefined && earlier[1].call > call.call;
      if (isOvertaken && !came(call.by, run.begin.life, call.at, earlier[1].at)) {
        findings.push({
          words: `Call ${call.call} with the key '${call.key}' ran after call ${earlier[1].call}, which was made later`,
          entries: [call, earlier[1], earlier[0].begin, run.begin],
        });
      }
      last.set(call.by, [run, call]);
    });
    return findings;
  });
}

/** Says whether `by` has found a life within a time, or found it again. */
function arrivals(history: History): (by: string, life: string, from: number, until: number) => boolean {
  const found = groupBy(entriesOf(history, 'routable'), (entry) => `${entry.by} ${entry.life}`);
  return (by, life, from, until) =>
    found.get(`${by} ${life}`)?.some(({ at }) => at >= from && at <= until) ?? false;
}

/**
 * While nothing comes or goes, calls with equal keys go to the same instance, whoever makes them; but for those of a caller
 * that has ejected one.
 */
export function keysTogether(history: History): Finding[] {
  const ejections = groupBy(entriesOf(history, 'eject'), ({ by }) => by);
  const calm = storiesOf(history).filter(
    ({ call }) =>
      call.calm &&
      call.key !== undefined &&
      !ejections.get(call.by)?.some(({ until }) => until + UNTIL_PROBED > call.at),
  );
  return [...groupBy(calm, ({ call }) => `${call.service} ${call.key}`).values()].flatMap((stories) => {
    const lives = new Set(stories.flatMap(({ begun }) => begun.map(({ life }) => life)));
    if (lives.size <= 1) return [];
    const words = `The key '${stories[0]!.call.key}' went to ${[...lives].join(', ')}`;
    return [{ words, entries: stories.flatMap(({ entries }) => entries) }];
  });
}
