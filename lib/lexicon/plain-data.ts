/** Objects and arrays inside one another, the message itself counted. */
export const MAX_DEPTH = 32;

/**
 * Keys that never come from a message: they reach into prototypes (`__proto__`, `constructor`, `prototype`), or
 * shadow what every object has (`toString`, `hasOwnProperty`), which class-transformer drops as well.
 */
const UNSAFE_KEYS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

export function isUnsafeKey(key: string): boolean {
  return UNSAFE_KEYS.has(key);
}

/** Thrown where data is nested deeper than {@link MAX_DEPTH}. */
export class TooDeep extends Error {
  override readonly name = 'TooDeep';
}

/** Refuses an object or array that stands deeper than the limit; the message itself stands at 1. */
export function limitDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new TooDeep(`nested deeper than ${MAX_DEPTH} levels`);
}

/** True for what a JSON object becomes, and for an object without a prototype. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * A deep copy of plain data, without unsafe keys and without keys whose value is undefined. `depth` is where the
 * value stands. What is neither plain, nor an array, nor a Date goes through `other`.
 * @throws TooDeep
 */
export function copyPlain(value: unknown, depth: number, other: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  limitDepth(depth);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value as unknown[]) items.push(copyPlain(item, depth + 1, other));
    return items;
  }
  if (isPlain(value)) return copyKeys(value, depth, other);
  if (value instanceof Date) return new Date(value.valueOf());
  return other(value);
}

/** The own keys of an object, of whatever class, as plain data. */
export function copyKeys(
  value: object,
  depth: number,
  other: (value: object) => unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (item === undefined || isUnsafeKey(key)) continue;
    copy[key] = copyPlain(item, depth + 1, other);
  }
  return copy;
}
