import type { Finding } from '../finding.js';
import { entriesOf, type EntryOf, type History } from '../history.js';
import { groupBy, storiesOf } from './index-of.js';

/** What is no fault in the sense of this invariant: processes come and go as they should. */
const GENTLE: ReadonlySet<EntryOf<'fault'>['what']> = new Set(['start', 'ready', 'stop', 'stopped', 'over']);
/** From a process's start until everybody has found it, and from its word that it leaves until everybody knows, ms. */
const KNOWN = 100;

/** Where nothing happens but that processes start and are stopped, no call fails for it and no event is lost. */
export function gracefulLosesNothing(history: History): Finding[] {
  const faults = entriesOf(history, 'fault');
  if (faults.some(({ what }) => !GENTLE.has(what))) return [];
  const calls = storiesOf(history).flatMap(({ call, settled, entries }) => {
    const [end] = settled;
    if (end?.code !== 'UNAVAILABLE' || call.only !== undefined) return [];
    if (!isThere(faults, call.service, call.at, end.at)) return [];
    return [{ words: `Call ${call.call} failed, though an instance was there all the time`, entries }];
  });
  const handled = groupBy(entriesOf(history, 'handle'), ({ event }) => event);
  const events = entriesOf(history, 'receipt')
    .filter(({ event, instances, dropped }) => instances > (handled.get(event)?.length ?? 0) && dropped === 0)
    .map((receipt) => ({
      words: `Event ${receipt.event} was sent to ${receipt.instances} instances and handled by fewer`,
      entries: [receipt, ...(handled.get(receipt.event) ?? [])],
    }));
  return [...calls, ...events];
}

/** Whether some instance of `service` was ready, known to all and not leaving, from `from` to `to`. */
function isThere(faults: readonly EntryOf<'fault'>[], service: string, from: number, to: number): boolean {
  const stops = new Map(faults.filter(({ what }) => what === 'stop').map(({ on, at }) => [on, at]));
  return faults.some(
    ({ what, on, at }) =>
      what === 'ready' &&
      on?.startsWith(service.slice(-1)) === true &&
      at + KNOWN <= from &&
      (stops.get(on) ?? Infinity) >= to + KNOWN,
  );
}
