import type { ModuleOptions } from '../metadata/definitions.js';
import { moduleRecord } from '../metadata/records.js';
import type { AnyClassDecorator } from './decorator-types.js';

/**
 * A part of an application: its services, the providers that they need, the modules whose exports it uses
 * and what it exports itself. Providers are private to their module unless exported; all are singletons.
 */
export function AtomModule(options: ModuleOptions = {}): AnyClassDecorator {
  return (target) => moduleRecord.update(target, () => options);
}
