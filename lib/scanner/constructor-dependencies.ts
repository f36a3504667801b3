import { classChain } from './class-chain.js';
import { erasure, type Report } from './report.js';
import type { Class, DependencyDefinition } from '../metadata/definitions.js';
import { emittedParameterTypes } from '../metadata/metadata-store.js';
import {
  injectableRecord,
  parametersRecord,
  serviceRecord,
  type ParameterRecord,
} from '../metadata/records.js';
import { show } from '../metadata/names.js';
import { isClass, isToken } from '../metadata/tokens.js';

/**
 * What the constructor of `type` is to be given, in order. A class without a constructor of its own takes what its
 * base takes.
 */
export function constructorDependencies(type: Class, report: Report): readonly DependencyDefinition[] {
  for (const link of classChain(type).toReversed() as Class[]) {
    const emitted = emittedParameterTypes(link);
    const parameters: ReadonlyMap<number, ParameterRecord> = parametersRecord.read(link) ?? new Map();
    if (emitted === undefined && link.length === 0 && parameters.size === 0) continue;
    const count =
      emitted?.length ?? Math.max(link.length, ...[...parameters.keys()].map((index) => index + 1));
    // An old or built-in class, such as EventEmitter: what it may take is optional, and its subclass gives none.
    if (link !== type && !isClass(link)) return [];
    const through = link === type ? '' : ` (its base ${link.name})`;
    if (emitted === undefined && !everyTokenGiven(parameters, count)) {
      report(`${type.name}${through}: ${missingTypes(link, type)}`);
      return [];
    }
    return Array.from({ length: count }, (_, index) =>
      dependency(
        emitted?.[index],
        parameters.get(index),
        `${type.name}${through}, parameter ${index}`,
        report,
      ),
    );
  }
  return [];
}

function everyTokenGiven(parameters: ReadonlyMap<number, ParameterRecord>, count: number): boolean {
  return Array.from({ length: count }, (_, index) => parameters.get(index)?.injected).every(Boolean);
}

function missingTypes(link: Class, type: Class): string {
  const decorated = injectableRecord.read(link) ?? serviceRecord.read(link) ?? parametersRecord.read(link);
  if (decorated === undefined) {
    const other = link === type ? 'provide it with useFactory' : `give ${type.name} a constructor of its own`;
    return (
      'its constructor takes arguments, but it has no decorator, so the compiler emitted no types for them: ' +
      `add @Injectable() to ${link.name}, or ${other}`
    );
  }
  return (
    'the compiler emitted no types for its constructor: set emitDecoratorMetadata in tsconfig.json and compile with tsc ' +
    '(esbuild and tsx cannot emit them), or give every parameter @Inject(token)'
  );
}

function dependency(
  type: unknown,
  record: ParameterRecord | undefined,
  where: string,
  report: Report,
): DependencyDefinition {
  const optional = record?.optional === true;
  const token = record?.injected === true ? record.token : type;
  const problem = record?.injected === true ? badToken(token) : notInjectable(type);
  if (problem === undefined && isToken(token)) return Object.freeze({ token, optional });
  report(`${where}: ${problem}`);
  // Stands in for the one just reported, so that it is not reported as missing too.
  return { token: Symbol('unknown'), optional: true };
}

function badToken(token: unknown): string | undefined {
  if (isToken(token)) return undefined;
  if (token === undefined) return `the token of @Inject is undefined: ${erasure(undefined)}`;
  return `@Inject takes a class, a symbol or a string, not ${show(token)}`;
}

function notInjectable(type: unknown): string | undefined {
  const erased = erasure(type);
  if (erased !== undefined)
    return `its type cannot be injected: ${erased}; or name a provider with @Inject(token)`;
  if (type === String || type === Number || type === Boolean) {
    return `a ${show(type)} is not a provider: name one with @Inject(token)`;
  }
  return undefined;
}
