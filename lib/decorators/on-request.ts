import type { RequestOptions } from '../metadata/definitions.js';
import { handlersRecord } from '../metadata/records.js';
import { ownerOf, type MethodOnlyDecorator } from './decorator-types.js';

/**
 * The method answers requests for `operation` (default: the method's name, to which it always answers too).
 * It is given `(data, context)`; `data` is checked against the parameter's type, and what it returns
 * against `returns`.
 */
export function OnRequest(operation?: string, options?: RequestOptions): MethodOnlyDecorator;
export function OnRequest(options: RequestOptions): MethodOnlyDecorator;
export function OnRequest(first?: string | RequestOptions, second?: RequestOptions): MethodOnlyDecorator {
  const [operation, options] = typeof first === 'object' ? [undefined, first] : [first, second ?? {}];
  return (target, method) => {
    const { type, isStatic } = ownerOf(target);
    handlersRecord.update(type, (handlers = []) => [
      ...handlers,
      { kind: 'request', method, isStatic, operation, options },
    ]);
  };
}
