import type { Finding } from '../finding.js';
import { entriesOf, type History } from '../history.js';
import { groupBy } from './index-of.js';

/** Retries for each call, and for each second; those of ten quiet seconds are kept. */
const PER_CALL = 0.2;
const PER_MS = 0.01;
const KEPT = 100;
/** Calls are recent for up to two of the budget's windows of a second, ms. */
const RECENT = 2000;

/** Retries stay within their budget: 20 % of the calls and ten a second, with what quiet times have left. */
export function budgetKept(history: History): Finding[] {
  const about = entriesOf(history, 'call', 'retry').filter(
    (entry) => entry.type === 'retry' || entry.kind === 'req',
  );
  return [...groupBy(about, ({ by, service }) => `${by} ${service}`).values()].flatMap((entries) => {
    const calls = entries.filter(({ type }) => type === 'call');
    let used = 0;
    let last = 0;
    // The most that calls were recent at a time since the budget was whole: what they have earned is kept.
    let most = 0;
    for (const entry of entries) {
      used = Math.max(0, used - (entry.at - last) * PER_MS);
      last = entry.at;
      if (entry.type === 'call') {
        used = Math.max(0, used - PER_CALL);
        continue;
      }
      if (used++ === 0) most = 0;
      const recent = calls.filter(({ at }) => at <= entry.at && at > entry.at - RECENT).length;
      most = Math.max(most, recent);
      if (used <= KEPT + most * PER_CALL + 1) continue;
      const { by, service } = entry;
      const words = `${by} has sent ${Math.round(used)} retries to ${service} more than calls and time have earned`;
      return [{ words, entries: [entry] }];
    }
    return [];
  });
}

/** Nobody takes more than half of a service's instances out of its choice. */
export function ejectionsBounded(history: History): Finding[] {
  return entriesOf(history, 'eject').flatMap((entry) => {
    const { by, out, of, again } = entry;
    if (again || out * 2 <= of) return [];
    return [{ words: `${by} has ejected ${out} of ${of} instances`, entries: [entry] }];
  });
}
