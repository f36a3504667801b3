import { hint } from '../metadata/closest.js';
import { show } from '../metadata/names.js';

/** Takes one mistake: where, what, and how to mend it. Nothing stops at the first. */
export type Report = (problem: string) => void;

/** Reports `options` that are not a plain object, and each key that is not `known`. Gives false when they are unusable. */
export function checkOptions<T>(
  options: T,
  known: readonly string[],
  where: string,
  report: Report,
): options is T & object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    report(`${where}: its options are an object, not ${show(options)}`);
    return false;
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    report(`${where}: unknown option '${key}'${hint(key, known)}; it takes ${known.join(', ')}`);
  }
  return true;
}

/** The usual reason for an `undefined` where a class should be, and its cure. */
export const CIRCULAR_HINT =
  'its file and this one probably import each other; move what both need to a third file';

/** Why a type that the compiler emitted says nothing; undefined when it is a class of its own. */
export function erasure(type: unknown): string | undefined {
  if (type === undefined || type === null) {
    const nothing =
      'it is undefined when the class is defined: it is declared as undefined, void or null, or';
    return `${nothing} ${CIRCULAR_HINT}`;
  }
  if (type === Object) return 'an interface, a type alias, a union or any leaves only Object at run time';
  if (type === Function)
    return "Function is left of a class imported with 'import type': import the class itself";
  if (type === Array) return 'only Array is left of a list, not what is in it';
  if (type === Promise) return 'only Promise is left, not what it gives';
  if (type === Symbol || type === BigInt) return `a ${(type as { name: string }).name} cannot be carried`;
  return undefined;
}
