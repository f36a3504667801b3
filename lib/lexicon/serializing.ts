import type { Class } from '../metadata/definitions.js';
import { transformRules } from './transform-rules.js';

/** True when class-transformer has a say in what an instance of the class looks like on the wire, nested ones included. */
export function needsSerializing(type: Class, seen: Set<unknown> = new Set()): boolean {
  if (seen.has(type)) return false;
  seen.add(type);
  const { types, transformed } = transformRules(type);
  if (transformed) return true;
  for (const { options, typeFunction } of types.values()) {
    if (options?.discriminator || (typeFunction && typeFunction.length > 0)) return true;
    const target = typeFunction?.();
    if (typeof target === 'function' && target.prototype && needsSerializing(target as Class, seen))
      return true;
  }
  return false;
}
