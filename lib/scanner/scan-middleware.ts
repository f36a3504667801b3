import { classChain, prototypeValue } from './class-chain.js';
import type { Report } from './report.js';
import type { Class } from '../metadata/definitions.js';
import { show } from '../metadata/names.js';
import { useRecord } from '../metadata/records.js';
import { isClass } from '../metadata/tokens.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';

type Layer = Middleware | MiddlewareType;

/** The layers of `@Use`, outermost first. */
export interface ServiceMiddleware {
  readonly ofClass: readonly Layer[];
  readonly ofMethod: ReadonlyMap<string, readonly Layer[]>;
}

/** What `@Use` says on a class and its base, the base's layers outside: a subclass cannot lose its base's guard. */
export function scanMiddleware(type: Class, report: Report): ServiceMiddleware {
  const records = classChain(type).flatMap((link) => useRecord.read(link) ?? []);
  const ofMethod = new Map<string, readonly Layer[]>();
  const ofClass: Layer[] = [];
  for (const { method, middleware } of records) {
    const where = method === undefined ? type.name : `${type.name}.${method}`;
    const good = middleware.filter((layer, index) =>
      isLayer(layer, `${where}, @Use, argument ${index}`, report),
    );
    if (method === undefined) ofClass.push(...good);
    else ofMethod.set(method, Object.freeze([...(ofMethod.get(method) ?? []), ...good]));
  }
  return { ofClass: Object.freeze(ofClass), ofMethod };
}

/** The classes among the layers, each once: they are providers of the service's module. */
export function middlewareTypes({ ofClass, ofMethod }: ServiceMiddleware): ReadonlySet<MiddlewareType> {
  return new Set([ofClass, ...ofMethod.values()].flat().filter((layer) => isMiddlewareType(layer)));
}

/** True for middleware that the container makes, false for a function. */
export function isMiddlewareType(layer: Layer): layer is MiddlewareType {
  return isClass(layer);
}

function isLayer(layer: unknown, where: string, report: Report): boolean {
  if (typeof layer !== 'function') {
    report(
      `${where}: middleware is a function (context, next) or a class with the method use, not ${show(layer)}`,
    );
    return false;
  }
  if (!isClass(layer) || typeof prototypeValue(layer, 'use') === 'function') return true;
  report(`${where}: the class ${layer.name} has no method use(context, next); add it`);
  return false;
}
