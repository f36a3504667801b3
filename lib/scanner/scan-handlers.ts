import { classChain, prototypeValue } from './class-chain.js';
import type { Lexicon } from './lexicon.js';
import type { Report } from './report.js';
import { checkEvents, scanEvent } from './scan-events.js';
import { checkOperationNames, scanOperation } from './scan-operations.js';
import type { ServiceMiddleware } from './scan-middleware.js';
import type { Class, EventDefinition, OperationDefinition } from '../metadata/definitions.js';
import { handlersRecord, type HandlerRecord } from '../metadata/records.js';

/** The handlers that one class declares for a method. */
interface MethodHandlers {
  readonly declaring: object;
  readonly records: readonly HandlerRecord[];
}

/**
 * The handlers of a class. It has those of its base too; an override that is decorated replaces the base's
 * records of that method, one that is not keeps them.
 */
export function scanHandlers(
  type: Class,
  middleware: ServiceMiddleware,
  lexicon: Lexicon,
  report: Report,
): { operations: readonly OperationDefinition[]; events: readonly EventDefinition[] } {
  const operations: OperationDefinition[] = [];
  const events: EventDefinition[] = [];
  const methods = handlersByMethod(type);
  for (const [method, { declaring, records }] of methods) {
    const where = `${type.name}.${method}`;
    const problem = methodProblem(type, method, records);
    if (problem !== undefined) {
      report(`${where}: ${problem}`);
      continue;
    }
    const place = { where, declaring, lexicon, report };
    const layers = middleware.ofMethod.get(method) ?? Object.freeze([]);
    for (const record of records) {
      if (record.kind === 'request') {
        const operation = scanOperation(record, layers, place);
        if (operation !== undefined) operations.push(operation);
      } else {
        const event = scanEvent(record, layers, place);
        if (event !== undefined) events.push(event);
      }
    }
  }
  for (const method of middleware.ofMethod.keys()) {
    if (methods.has(method)) continue;
    report(`${type.name}.${method}: @Use does nothing on a method without @OnRequest or @OnEvent; remove it`);
  }
  checkOperationNames(type, operations, report);
  checkEvents(type, events, report);
  return { operations: Object.freeze(operations), events: Object.freeze(events) };
}

/** True when the class or its base declares a handler. */
export function hasHandlers(type: Class): boolean {
  return classChain(type).some((link) => handlersRecord.read(link) !== undefined);
}

function handlersByMethod(type: Class): ReadonlyMap<string, MethodHandlers> {
  const found = new Map<string, MethodHandlers>();
  for (const declaring of classChain(type)) {
    const own = handlersRecord.read(declaring) ?? [];
    for (const { method } of own) {
      found.set(method, { declaring, records: own.filter((record) => record.method === method) });
    }
  }
  return found;
}

function methodProblem(type: Class, method: string, records: readonly HandlerRecord[]): string | undefined {
  const decorator = records[0]?.kind === 'request' ? '@OnRequest' : '@OnEvent';
  if (records.some(({ isStatic }) => isStatic)) {
    return `${decorator} is on a static method, which belongs to no instance; make it an instance method`;
  }
  const value = prototypeValue(type, method);
  if (typeof value !== 'function') return `${decorator} is on something that is not a method; make it one`;
  if (/Generator/.test(Object.prototype.toString.call(value))) {
    return 'a generator cannot be a handler: its values would never be sent; return one value, or a promise of it';
  }
  const requests = records.filter(({ kind }) => kind === 'request').length;
  if (requests > 1) return `it has ${requests} @OnRequest; a method is one operation, so keep one of them`;
  if (value.length > 2) {
    return `a handler is given (data, context), so its ${value.length} parameters cannot all be filled; take at most two`;
  }
  return undefined;
}
