import type { ServiceOptions } from '../metadata/definitions.js';
import { serviceRecord } from '../metadata/records.js';
import type { AnyClassDecorator } from './decorator-types.js';

/**
 * A service: a class whose `@OnRequest` and `@OnEvent` methods others reach by its name, `@namespace/name`.
 * It is a provider as well, so its constructor takes whatever its module can see.
 */
export function AtomService(nameOrOptions: string | ServiceOptions): AnyClassDecorator {
  const options = typeof nameOrOptions === 'string' ? { name: nameOrOptions } : nameOrOptions;
  return (target) => serviceRecord.update(target, () => options);
}
