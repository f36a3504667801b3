import type { Entry, History } from './history.js';

/** What an invariant says when it is broken: words, and the entries that show it. */
export interface Finding {
  readonly words: string;
  readonly entries: readonly Entry[];
}

/** Looks for what must not be in a history. */
export type Invariant = (history: History) => Finding[];
