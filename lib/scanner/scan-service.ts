import type { Lexicon } from './lexicon.js';
import { checkOptions, CIRCULAR_HINT, type Report } from './report.js';
import { scanHandlers } from './scan-handlers.js';
import { middlewareTypes, scanMiddleware } from './scan-middleware.js';
import type { ServiceDefinition } from '../metadata/definitions.js';
import { limitProblem, serviceNameProblem, show, versionProblem } from '../metadata/names.js';
import { serviceRecord } from '../metadata/records.js';
import { isClass } from '../metadata/tokens.js';
import type { MiddlewareType } from '../runtime/middleware.js';

export interface ScannedService {
  readonly definition: ServiceDefinition;
  /** Middleware classes that it uses. */
  readonly middlewareTypes: ReadonlySet<MiddlewareType>;
}

/** One entry of a module's `services`; undefined when it is none. */
export function scanService(
  entry: unknown,
  module: string,
  lexicon: Lexicon,
  report: Report,
): ScannedService | undefined {
  if (!isClass(entry)) {
    const why = entry === undefined ? `: ${CIRCULAR_HINT}` : '';
    report(`${module}, services: an entry is ${show(entry)}, not a class${why}`);
    return undefined;
  }
  const options = serviceRecord.read(entry);
  if (options === undefined) {
    report(
      `${module}, services: ${entry.name} has no @AtomService('@namespace/name'); add it` +
        ' (a base class does not lend its own), or list the class in providers',
    );
    return undefined;
  }
  const where = `${entry.name}, @AtomService`;
  if (!checkOptions(options, ['name', 'version', 'metadata', 'concurrency'], where, report)) return undefined;
  const { name, version = '0.0.0', metadata = {}, concurrency } = options;
  const problems = [serviceNameProblem(name), versionProblem(version), metadataProblem(metadata)];
  for (const problem of [...problems, limitProblem({ concurrency })]) {
    if (problem !== undefined) report(`${where}: ${problem}`);
  }
  const middleware = scanMiddleware(entry, report);
  const { operations, events } = scanHandlers(entry, middleware, lexicon, report);
  const definition = Object.freeze({
    type: entry,
    module,
    name,
    version,
    metadata: Object.freeze({ ...metadata }),
    concurrency,
    operations,
    events,
    middleware: middleware.ofClass,
  });
  return { definition, middlewareTypes: middlewareTypes(middleware) };
}

/** Reports services of one name. */
export function checkServiceNames(services: readonly ServiceDefinition[], report: Report): void {
  const byName = new Map<string, ServiceDefinition>();
  for (const service of services) {
    const other = byName.get(service.name);
    if (other === undefined) byName.set(service.name, service);
    else {
      report(
        `${service.type.name} in ${service.module}: the service '${service.name}' is ${other.type.name} in ` +
          `${other.module} already; a name stands for one service, so rename one or list it once`,
      );
    }
  }
}

function metadataProblem(metadata: unknown): string | undefined {
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)) return undefined;
  return `metadata is an object, not ${show(metadata)}`;
}
