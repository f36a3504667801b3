import type { Finding } from '../finding.js';
import { entriesOf, type History } from '../history.js';
import { crashedLives, groupBy, storiesOf, thawedAt } from './index-of.js';

/** A deadline fires up to 5 ms late, since deadlines are kept in buckets; one more is for what is rounded. */
const SETTLES_LATE = 6;
/** Deadlines travel as whole milliseconds, rounded up. */
const ROUNDED = 1;

/** A call that nobody said may be repeated is run once, or not at all. */
export function atMostOnce(history: History): Finding[] {
  return storiesOf(history)
    .filter(({ call, begun }) => !call.idempotent && call.idempotencyKey === undefined && begun.length > 1)
    .map(({ call, begun, entries }) => ({
      words: `Call ${call.call} is not idempotent and was run ${begun.length} times`,
      entries,
    }));
}

/** What was not sent or was rejected has not run; what succeeded or failed has; the answer is of a run of this very call. */
export function outcomesTrue(history: History): Finding[] {
  const stories = storiesOf(history);
  const crashed = crashedLives(history);
  const repeats = groupBy(stories, ({ call }) => call.idempotencyKey);
  return stories.flatMap(({ call, begun: own, settled, entries }) => {
    const [end] = settled;
    if (end === undefined) return [];
    const { outcome, exec, from } = end;
    // A repeat is answered with what the first run gave.
    const same = call.idempotencyKey === undefined ? undefined : repeats.get(call.idempotencyKey);
    const answers = outcome === 'OK' || outcome === 'FAILED' ? same : undefined;
    const begun = answers === undefined ? own : answers.flatMap((story) => story.begun);
    const say = (words: string): Finding[] => [
      { words: `Call ${call.call} ended as ${outcome}, and ${words}`, entries },
    ];
    if (outcome === 'none') return say('has no outcome');
    if ((outcome === 'NOT_SENT' || outcome === 'REJECTED') && begun.length > 0) return say('has run');
    // An accepted signal runs in its turn, or never: its process may end in between.
    if (from !== undefined && crashed.has(from)) return [];
    if ((outcome === 'OK' || outcome === 'FAILED') && begun.length === 0) return say('has not run');
    if (exec !== undefined && !begun.some((begin) => begin.exec === exec))
      return say(`was answered by another's run, ${exec}`);
    return [];
  });
}

/** Each call ends exactly once, at its deadline at the latest: a frozen caller, when it goes on. */
export function settledOnce(history: History): Finding[] {
  const crashed = crashedLives(history);
  const thawed = thawedAt(history);
  return storiesOf(history).flatMap(({ call, settled, entries }) => {
    if (settled.length > 1) return [{ words: `Call ${call.call} settled ${settled.length} times`, entries }];
    const [end] = settled;
    if (end === undefined) {
      return crashed.has(call.by) ? [] : [{ words: `Call ${call.call} never settled`, entries }];
    }
    const due = call.deadline + SETTLES_LATE;
    const goesOn = thawed(call.by, due);
    if (end.at <= goesOn + (goesOn > due ? SETTLES_LATE : 0)) return [];
    const late = (end.at - call.deadline).toFixed(1);
    return [{ words: `Call ${call.call} settled ${late} ms after its deadline`, entries }];
  });
}

/**
 * No handler begins after the deadline, as its process sees it; nor by the world's clock, but for the shortest way that the
 * caller's messages have taken: a receiver cannot know of less. (The deadline of a signal is that of its acceptance: once
 * accepted, it is handled in its turn.)
 */
export function nothingLate(history: History): Finding[] {
  return storiesOf(history).flatMap(({ call, begun, entries }) =>
    begun
      .filter(
        ({ at, left, slack }) => call.kind === 'req' && (left === 0 || at > call.deadline + slack + ROUNDED),
      )
      .map(({ at, left }) => ({
        words: `Call ${call.call} began ${(at - call.deadline).toFixed(1)} ms after its deadline (left, as the receiver saw it: ${left})`,
        entries,
      })),
  );
}

/** A call for one instance runs on no other, and none runs on an instance that had ended. */
export function onlyThere(history: History): Finding[] {
  const ended = new Map(
    entriesOf(history, 'fault')
      .filter(({ what }) => what === 'crash' || what === 'stopped')
      .map(({ on, at }) => [on, at]),
  );
  return storiesOf(history).flatMap(({ call, begun, entries }) =>
    begun
      .filter(
        ({ life, at }) =>
          (call.only !== undefined && call.only !== life) || at > (ended.get(life) ?? Infinity),
      )
      .map(({ life }) => ({ words: `Call ${call.call} ran on ${life}, where it must not`, entries })),
  );
}
