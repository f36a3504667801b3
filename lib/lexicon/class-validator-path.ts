import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { Class } from '../metadata/definitions.js';
import { hasRules, shapeOf } from './class-shape.js';
import { copyKeys } from './plain-data.js';

/** What class-transformer and class-validator themselves make of a message. */
export interface Verdict {
  readonly instance: object;
  readonly errors: readonly ValidationError[];
}

/**
 * The slow way, which has the last word: for classes that cannot be compiled, and for whatever the compiled form
 * did not accept, so that the errors are class-validator's own. `data` itself is left as it was.
 * @throws TooDeep, or whatever a user's own rule or transformation throws
 */
export function reviveAndValidate(type: Class, data: object, strict: boolean): Verdict {
  const plain = copyKeys(data, 1, (other) => other);
  for (const key of shapeOf(type).fixed) delete plain[key];
  return validateInstance(plainToInstance(type, plain, { exposeDefaultValues: true }), strict);
}

/**
 * Validates an instance that may be changed: undeclared keys are dropped or, when `strict`, refused. What a class
 * gives its own undeclared fields is neither.
 */
export function validateInstance(instance: object, strict: boolean): Verdict {
  const restore = setOwnDefaultsAside(instance);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: strict,
    validationError: { target: true, value: false },
  });
  for (const put of restore) put();
  return { instance, errors };
}

function setOwnDefaultsAside(value: unknown, seen = new Set<unknown>()): (() => void)[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const items = Object.values(value).flatMap((item) => setOwnDefaultsAside(item, seen));
  const type: unknown = value.constructor;
  if (typeof type !== 'function' || type === Object || type === Array || !hasRules(type as Class))
    return items;
  const { ownDefaults } = shapeOf(type as Class);
  if (ownDefaults.length === 0) return items;
  const fresh = new (type as Class)();
  for (const key of ownDefaults) delete (value as Record<string, unknown>)[key];
  const put = () => {
    for (const key of ownDefaults) {
      const descriptor = Object.getOwnPropertyDescriptor(fresh, key);
      if (descriptor) Object.defineProperty(value, key, descriptor);
    }
  };
  return [...items, put];
}
