import type { Finding } from '../finding.js';
import { entriesOf, type EntryOf, type History } from '../history.js';
import { groupBy } from './index-of.js';

type Handled = EntryOf<'handle' | 'handled'>;

/** What each recipient did with the events of each publisher and topic. */
function lanesOf(history: History): { events: Map<number, EntryOf<'publish'>>; lanes: Handled[][] } {
  const events = new Map(entriesOf(history, 'publish').map((event) => [event.event, event]));
  const lanes = groupBy(entriesOf(history, 'handle', 'handled'), (entry) => {
    const event = events.get(entry.event);
    return `${entry.life}\n${entry.service}\n${event?.by ?? ''}\n${event?.topic ?? ''}`;
  });
  return { events, lanes: [...lanes.values()] };
}

/** One recipient handles one publisher's events of a topic in the order of their publishing, each once, one at a time. */
export function eventsInOrder(history: History): Finding[] {
  const { events, lanes } = lanesOf(history);
  return lanes.flatMap((lane) => {
    const findings: Finding[] = [];
    for (const [index, entry] of lane.entries()) {
      const publish = events.get(entry.event);
      const last = lane[index - 1];
      const { event, life } = entry;
      if (publish === undefined)
        findings.push({ words: `${life} got event ${event}, which nobody published`, entries: [entry] });
      if (last === undefined || entry.type === 'handled') continue;
      const entries = [last, entry];
      if (last.type === 'handle')
        findings.push({ words: `${life} handled ${last.event} and ${event} at a time`, entries });
      if (event <= last.event)
        findings.push({ words: `${life} handled ${event} after ${last.event}`, entries });
    }
    return findings;
  });
}

function handledMoreThanOnce(
  history: History,
  delivery: 'group' | 'broadcast',
  by: (entry: Handled) => string,
  words: string,
): Finding[] {
  const events = new Map(
    entriesOf(history, 'publish')
      .filter((event) => event.delivery === delivery)
      .map((event) => [event.event, event]),
  );
  const handled = entriesOf(history, 'handle').filter(({ event }) => events.has(event));
  return [...groupBy(handled, (entry) => `${entry.event}\n${by(entry)}`).values()]
    .filter((entries) => entries.length > 1)
    .map((entries) => ({
      words: `Event ${entries[0]!.event} was handled ${entries.length} times by ${words}`,
      entries: [events.get(entries[0]!.event)!, ...entries],
    }));
}

/** An event for groups is handled by one instance of a service, at most once. */
export function groupsOnce(history: History): Finding[] {
  return handledMoreThanOnce(history, 'group', ({ service }) => service, 'one service');
}

/** An event for all is handled at most once by each. */
export function broadcastsOnce(history: History): Finding[] {
  return handledMoreThanOnce(history, 'broadcast', ({ life }) => life, 'one instance');
}

/**
 * What a recipient is told to have missed is what it has missed. Of one whose connection broke only so much is known: it is
 * not told of more than was published. Of events for groups, which may have gone to others, no more was lost than was
 * not handled.
 */
export function lossesReported(history: History): Finding[] {
  const restsAt = entriesOf(history, 'rest')[0]?.at ?? Infinity;
  const ended = new Set(
    entriesOf(history, 'fault')
      .filter(({ what, at }) => (what === 'crash' || what === 'stop') && at < restsAt)
      .map(({ on }) => on),
  );
  const closed = entriesOf(history, 'closed');
  const published = groupBy(entriesOf(history, 'publish'), ({ by, topic }) => `${by}\n${topic}`);
  const handled = groupBy(entriesOf(history, 'handle'), ({ event }) => event);
  const gaps = groupBy(entriesOf(history, 'gap'), ({ life, from, topic }) => `${life}\n${from}\n${topic}`);
  const { events, lanes } = lanesOf(history);
  const findings: Finding[] = [];
  for (const lane of lanes) {
    const [first] = lane;
    const event = events.get(first!.event);
    if (event === undefined) continue;
    const { life } = first!;
    const told = gaps.get(`${life}\n${event.by}\n${event.topic}`) ?? [];
    const missing = told.reduce((sum, gap) => sum + gap.missing, 0);
    const all = published.get(`${event.by}\n${event.topic}`) ?? [];
    const since = all.filter((one) => one.event >= event.event);
    // What was lost with a connection that broke may be from before the first that it handled.
    const broke =
      ended.has(life) ||
      ended.has(event.by) ||
      closed.some((end) => end.life === life && end.to === event.by && end.at < restsAt);
    if (event.delivery === 'group') {
      const lost = (broke ? all : since).filter((one) => !handled.has(one.event)).length;
      if (missing > lost) {
        findings.push({
          words: `${life} was told of ${missing} lost events where ${lost} were`,
          entries: told,
        });
      }
      continue;
    }
    const got = new Set(lane.map((entry) => entry.event));
    const lost = since.filter((one) => !got.has(one.event));
    if (broke ? missing > all.length : missing !== lost.length) {
      const words = `${life} missed ${lost.length} events of ${event.by} and was told of ${missing}`;
      findings.push({ words, entries: [...lost, ...told] });
    }
  }
  return findings;
}
