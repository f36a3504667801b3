import type { Finding } from '../finding.js';
import { entriesOf, type History } from '../history.js';
import { groupBy, storiesOf } from './index-of.js';

/** Once the last fault is a while ago, every call succeeds and every event reaches those that it is for. */
export function calmSucceeds(history: History): Finding[] {
  const findings: Finding[] = storiesOf(history)
    .filter(({ call, settled }) => call.calm && settled[0]?.outcome !== 'OK')
    .map(({ call, settled, entries }) => ({
      words: `Call ${call.call} was made after the last fault and ended as ${settled[0]?.outcome ?? 'nothing'}`,
      entries,
    }));
  const handled = groupBy(entriesOf(history, 'handle'), ({ event }) => event);
  const there = entriesOf(history, 'rest').filter(({ hears }) => hears).length;
  for (const event of entriesOf(history, 'publish')) {
    if (!event.calm) continue;
    const times = handled.get(event.event)?.length ?? 0;
    const wanted = event.delivery === 'group' ? Math.min(1, there) : there;
    if (times === wanted) continue;
    findings.push({
      words: `Event ${event.event} was published after the last fault and handled ${times} times, not ${wanted}`,
      entries: [event, ...(handled.get(event.event) ?? [])],
    });
  }
  return findings;
}

/** Directories agree with the world, nothing is pending or running, nobody is kept out for longer than he was to be. */
export function atRest(history: History): Finding[] {
  return entriesOf(history, 'rest').flatMap((entry) => {
    const { life, running, pending, knows, exist, ejected } = entry;
    const wrong = [
      ...(running > 0 ? [`${running} handlers run`] : []),
      ...(pending > 0 ? [`${pending} calls are pending`] : []),
      ...(knows.join() === exist.join()
        ? []
        : [`it knows ${knows.join(', ')} where there are ${exist.join(', ')}`]),
      ...(ejected.length > 0 ? [`${ejected.join(', ')} is kept out after its time`] : []),
    ];
    return wrong.length === 0
      ? []
      : [{ words: `At rest, of ${life}: ${wrong.join('; ')}`, entries: [entry] }];
  });
}

/** What is closed has ended, and leaves no timer behind. */
export function allClosed(history: History): Finding[] {
  const stopped = new Set(
    entriesOf(history, 'fault').flatMap(({ what, on }) => (what === 'stopped' ? [on] : [])),
  );
  return entriesOf(history, 'left').flatMap((entry) => {
    const { life, timers } = entry;
    if (!stopped.has(life)) return [{ words: `${life} did not end when it was closed`, entries: [entry] }];
    return timers === 0 ? [] : [{ words: `${life} has left ${timers} timers behind`, entries: [entry] }];
  });
}
