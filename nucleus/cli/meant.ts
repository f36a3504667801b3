import { closest } from '../../lib/metadata/closest.js';

/** `Did you mean 'x'?` with a name that is near, else what there is; empty when there is nothing. */
export function meant(word: string, names: readonly string[]): string {
  const near = closest(word, names);
  if (near !== undefined) return `Did you mean '${near}'?`;
  if (names.length === 0) return '';
  const shown = names.slice(0, 10).join(', ');
  return `There is: ${shown}${names.length > 10 ? `, and ${names.length - 10} more` : ''}`;
}
