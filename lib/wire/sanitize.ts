/** Deepest nesting of a message. */
export const MAX_DEPTH = 32;

/** Keys that could reach an object's prototype in code that copies what it is given. */
export function isDangerousKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

/**
 * Removes dangerous keys from parsed JSON, in place, at every depth. For messages that no lexeme has
 * checked; a lexeme drops what it does not declare.
 * @returns false when the value is nested deeper than {@link MAX_DEPTH}
 */
export function sanitize(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!sanitize(item, depth + 1)) return false;
    return true;
  }
  const object = value as Record<string, unknown>;
  // Parsed JSON has keys of its own only; `in` reads their values without a search for each.
  for (const key in object) {
    const item = object[key];
    if (isDangerousKey(key)) delete object[key];
    else if (typeof item === 'object' && !sanitize(item, depth + 1)) return false;
  }
  return true;
}
