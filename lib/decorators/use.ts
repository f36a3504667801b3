import { useRecord } from '../metadata/records.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';
import { ownerOf } from './decorator-types.js';

interface ClassOrMethodDecorator {
  (target: abstract new (...args: never[]) => unknown): void;
  <T extends (...args: never[]) => unknown>(
    target: object,
    method: string,
    descriptor: TypedPropertyDescriptor<T>,
  ): void;
}

/**
 * Wraps every handler of a service, or one handler, in middleware; the first is the outermost. A class is made by the
 * container, in the service's module. A subclass keeps what its base uses and adds its own inside it.
 */
export function Use(...middleware: (Middleware | MiddlewareType)[]): ClassOrMethodDecorator {
  return (target: object, method?: string) => {
    const type = method === undefined ? target : ownerOf(target).type;
    // Decorators run from the bottom up; the one written first is the outermost.
    useRecord.update(type, (records = []) => [{ method, middleware }, ...records]);
  };
}
