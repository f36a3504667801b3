import type { Finding } from '../finding.js';
import { entriesOf, type History } from '../history.js';

/** No part threw what nobody expected, and whatever was started and stopped did start and stop. */
export function brokenNothing(history: History): Finding[] {
  return entriesOf(history, 'broken').map((entry) => ({ words: entry.what, entries: [] }));
}
