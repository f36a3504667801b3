import type { Invariant } from './finding.js';
import { type History, show } from './history.js';
import { brokenNothing } from './invariants/broken.js';
import { budgetKept, ejectionsBounded } from './invariants/caution.js';
import { broadcastsOnce, eventsInOrder, groupsOnce, lossesReported } from './invariants/events.js';
import { gracefulLosesNothing } from './invariants/graceful.js';
import { keysInTurn, keysTogether, repeatsAnswered } from './invariants/keys.js';
import { atMostOnce, nothingLate, onlyThere, outcomesTrue, settledOnce } from './invariants/requests.js';
import { allClosed, atRest, calmSucceeds } from './invariants/rest.js';

/** Something that must not be. */
export interface Violation {
  /** The invariant that it breaks. */
  readonly invariant: string;
  /** What happened, with the entries that show it. */
  readonly message: string;
}

export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  'nothing is broken': brokenNothing,
  'at most once': atMostOnce,
  'outcomes are true': outcomesTrue,
  'each call settles once, in time': settledOnce,
  'nothing begins after its deadline': nothingLate,
  'only where it was meant to': onlyThere,
  'a repeat is answered, not run': repeatsAnswered,
  'equal keys run in turn': keysInTurn,
  'equal keys run together': keysTogether,
  'events arrive in order, once': eventsInOrder,
  'a group handles an event once': groupsOnce,
  'a broadcast arrives once': broadcastsOnce,
  'reported loss is real loss': lossesReported,
  'retries stay within their budget': budgetKept,
  'at most half are ejected': ejectionsBounded,
  'a graceful stop loses nothing': gracefulLosesNothing,
  'what is asked in the calm succeeds': calmSucceeds,
  'all comes to rest': atRest,
  'nothing is left': allClosed,
};

/** Entries that one message shows at most. */
const SHOWN = 12;

/** Every violation in a history. Pure: of equal histories it says the same. */
export function check(history: History): Violation[] {
  return Object.entries(INVARIANTS).flatMap(([invariant, look]) =>
    look(history).map(({ words, entries }) => ({
      invariant,
      message: [words, ...entries.slice(0, SHOWN).map(show)].join('\n'),
    })),
  );
}
