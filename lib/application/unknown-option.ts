import { closest, hint } from '../metadata/closest.js';

/** An option that does not exist, and what was meant: one beside it, one of a group of options, or else what there is. */
export function unknownOption(
  key: string,
  known: readonly string[],
  where: string,
  groups: Readonly<Record<string, readonly string[]>> = {},
): string {
  const what = `unknown option '${where}${key}'`;
  const near = hint(key, known);
  if (near !== '') return what + near;
  for (const [group, names] of Object.entries(groups)) {
    const meant = names.includes(key) ? key : closest(key, names);
    if (meant !== undefined) return `${what} (did you mean '${group}.${meant}'?)`;
  }
  return `${what}; it takes ${known.join(', ')}`;
}
