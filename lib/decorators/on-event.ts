import type { EventOptions } from '../metadata/definitions.js';
import { handlersRecord } from '../metadata/records.js';
import { ownerOf, type MethodOnlyDecorator } from './decorator-types.js';

/**
 * The method hears events, and signals sent to its service. `target` is a topic, a pattern (`order.*` one word,
 * `order.>` the rest) or `@namespace/name|||topic`, which is the same as `{ from: '@namespace/name' }`.
 * Several may stand on one method. It is given `(data, context)`.
 */
export function OnEvent(target: string, options: EventOptions = {}): MethodOnlyDecorator {
  return (prototype, method) => {
    const { type, isStatic } = ownerOf(prototype);
    // Decorators run from the bottom up; the record keeps the order of the source within a method.
    handlersRecord.update(type, (handlers = []) => {
      const record = { kind: 'event', method, isStatic, target, options } as const;
      const first = handlers.findIndex((handler) => handler.method === method);
      return first < 0 ? [...handlers, record] : handlers.toSpliced(first, 0, record);
    });
  };
}
