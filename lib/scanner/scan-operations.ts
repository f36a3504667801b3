import { acceptsCheck, returnsCheck, type HandlerPlace } from './message-check.js';
import { checkOptions, type Report } from './report.js';
import type { Class, OperationDefinition } from '../metadata/definitions.js';
import { limitProblem, operationNameProblem, reservedNameProblem, show } from '../metadata/names.js';
import type { RequestRecord } from '../metadata/records.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';

const KNOWN = ['accepts', 'returns', 'idempotent', 'concurrency', 'timeout'] as const;

/** One `@OnRequest`; undefined where its options are unusable. */
export function scanOperation(
  record: RequestRecord,
  middleware: readonly (Middleware | MiddlewareType)[],
  place: HandlerPlace,
): OperationDefinition | undefined {
  const { where, report } = place;
  const { method, options } = record;
  if (!checkOptions(options, KNOWN, `${where}, @OnRequest`, report)) return undefined;
  const name = record.operation ?? method;
  const methodProblem = reservedNameProblem(method);
  const nameProblem = operationNameProblem(name);
  if (methodProblem !== undefined) report(`${where}: ${methodProblem}; rename the method`);
  else if (nameProblem !== undefined) {
    const mend = record.operation === undefined ? '; name the operation with @OnRequest(name)' : '';
    report(`${where}: ${nameProblem}${mend}`);
  }
  const { idempotent = false, concurrency, timeout } = options;
  const limitWrong = limitProblem(options);
  if (limitWrong !== undefined) report(`${where}, @OnRequest: ${limitWrong}`);
  if (typeof idempotent !== 'boolean') {
    report(`${where}, @OnRequest: idempotent is true or false, not ${show(idempotent)}`);
  }
  return Object.freeze({
    name,
    method,
    accepts: acceptsCheck(options, method, place),
    returns: returnsCheck(options, place),
    idempotent,
    concurrency,
    timeout,
    middleware,
  });
}

/** Reports names that mean two operations; each operation answers to its method's name as well. */
export function checkOperationNames(
  type: Class,
  operations: readonly OperationDefinition[],
  report: Report,
): void {
  const byName = new Map<string, OperationDefinition>();
  for (const operation of operations) {
    const other = byName.get(operation.name);
    if (other === undefined) byName.set(operation.name, operation);
    else {
      report(
        `${type.name}.${operation.method}: operation '${operation.name}' is handled by ` +
          `${type.name}.${other.method} already; give one of them another name`,
      );
    }
  }
  for (const { method } of operations) {
    const other = byName.get(method);
    if (other === undefined || other.method === method) continue;
    report(
      `${type.name}.${other.method}: operation '${method}' is also the name of the method ${type.name}.${method}, ` +
        "and an operation answers to its method's name too; give the operation or the method another name",
    );
  }
}
