import type { History } from './history.js';

/** Something that must not be. */
export interface Violation {
  /** The invariant that it breaks. */
  readonly invariant: string;
  /** What happened, with the entries that show it. */
  readonly message: string;
}

export function check(_history: History): Violation[] {
  return [];
}
