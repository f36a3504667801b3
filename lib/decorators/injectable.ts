import { injectableRecord } from '../metadata/records.js';
import type { AnyClassDecorator } from './decorator-types.js';

/** A class that a module can provide. The decorator is what makes the compiler emit the constructor's types. */
export function Injectable(): AnyClassDecorator {
  return (target) => injectableRecord.update(target, () => true);
}
