import type { Finding } from '../checker.js';
import { entriesOf, type History } from '../history.js';

/** Attempts for each call, and for each second; those of ten quiet seconds are kept. */
const PER_CALL = 1.2;
const PER_SECOND = 10;
const KEPT_SECONDS = 10;

/** Retries stay within their budget. */
export function budgetKept(history: History): Finding[] {
  return entriesOf(history, 'attempts').flatMap((entry) => {
    const { by, service, calls, attempts, within } = entry;
    const most = calls * PER_CALL + (within / 1000 + KEPT_SECONDS) * PER_SECOND;
    if (attempts <= most) return [];
    const words = `${by} sent ${attempts} attempts to ${service} for ${calls} calls; ${Math.floor(most)} are allowed`;
    return [{ words, entries: [entry] }];
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
