import { hasHandlers } from './scan-handlers.js';
import type { Lexicon } from './lexicon.js';
import type { ModuleNode } from './module-graph.js';
import { CIRCULAR_HINT, type Report } from './report.js';
import { classProvider, scanProvider } from './scan-provider.js';
import { scanService } from './scan-service.js';
import type {
  Class,
  ModuleDefinition,
  Provider,
  ProviderDefinition,
  ServiceDefinition,
  Token,
} from '../metadata/definitions.js';
import { show } from '../metadata/names.js';
import { moduleRecord, serviceRecord } from '../metadata/records.js';
import { isClass, isToken, tokenName } from '../metadata/tokens.js';

export interface ScannedModule {
  readonly definition: ModuleDefinition;
  readonly services: readonly ServiceDefinition[];
}

/** One module; `scanned` holds its imports already. */
export function scanModule(
  node: ModuleNode,
  scanned: ReadonlyMap<ModuleNode, ScannedModule>,
  builtins: ReadonlySet<Token>,
  lexicon: Lexicon,
  report: Report,
): ScannedModule {
  const { name } = node;
  const imports = node.imports
    .map((imported) => scanned.get(imported)?.definition)
    .filter((found) => found !== undefined);
  const providers = new Map<Token, ProviderDefinition>();
  const add = (provider: ProviderDefinition | undefined): void => {
    if (provider === undefined) return;
    if (providers.has(provider.token)) {
      report(`${name}: ${tokenName(provider.token)} is provided twice in this module; list it once`);
    } else providers.set(provider.token, provider);
  };

  for (const entry of node.providers as Provider[]) {
    if (isClass(entry)) checkPlainProvider(entry, name, report);
    add(scanProvider(entry, name, report));
  }
  const found = node.services.map((entry) => scanService(entry, name, lexicon, report));
  const services = found.filter((service) => service !== undefined);
  for (const { definition } of services) add(classProvider(definition.type, definition.type, name, report));
  const visible = (token: Token): boolean =>
    providers.has(token) || builtins.has(token) || imports.some(({ exports }) => exports.includes(token));
  for (const type of new Set(services.flatMap(({ middlewareTypes }) => [...middlewareTypes]))) {
    if (!visible(type)) add(classProvider(type, type, name, report));
  }
  add(classProvider(node.type, node.type, name, report));

  const definition: ModuleDefinition = Object.freeze({
    name,
    type: node.type,
    imports: Object.freeze(imports),
    providers: Object.freeze([...providers.values()]),
    exports: Object.freeze([...exportedTokens(node, scanned, providers, report)]),
  });
  return { definition, services: services.map((service) => service.definition) };
}

function checkPlainProvider(type: Class, module: string, report: Report): void {
  if (serviceRecord.read(type) !== undefined) {
    report(`${module}, providers: ${type.name} is a service; list it in services, which provides it too`);
  } else if (hasHandlers(type)) {
    report(
      `${module}, providers: ${type.name} has @OnRequest or @OnEvent methods, which nothing would call; ` +
        'add @AtomService to it and list it in services',
    );
  }
}

/** The tokens of `exports`, with those of the modules that it exports in full. */
function exportedTokens(
  node: ModuleNode,
  scanned: ReadonlyMap<ModuleNode, ScannedModule>,
  providers: ReadonlyMap<Token, unknown>,
  report: Report,
): ReadonlySet<Token> {
  const tokens = new Set<Token>();
  const exportsOf = (imported: ModuleNode): readonly Token[] =>
    scanned.get(imported)?.definition.exports ?? [];
  for (const entry of node.exports) {
    const reexported = node.imports.filter(({ reference, type }) => reference === entry || type === entry);
    if (reexported.length > 0) reexported.flatMap(exportsOf).forEach((token) => tokens.add(token));
    else if (
      isToken(entry) &&
      (providers.has(entry) || node.imports.some((from) => exportsOf(from).includes(entry)))
    ) {
      tokens.add(entry);
    } else report(`${node.name}, exports: ${exportProblem(entry)}`);
  }
  return tokens;
}

function exportProblem(entry: unknown): string {
  if (entry === undefined) return `an entry is undefined: ${CIRCULAR_HINT}`;
  if (typeof entry === 'object' && entry !== null && 'provide' in entry) {
    return `export the token, ${show(entry.provide)}, not its provider`;
  }
  const module = typeof entry === 'object' && entry !== null && 'module' in entry ? entry.module : entry;
  const name = isToken(module) ? tokenName(module) : show(module);
  if (isClass(module) && moduleRecord.read(module) !== undefined) {
    return `it does not import ${name}, so it cannot pass on what that exports; add ${name} to the imports`;
  }
  return `it neither provides nor imports ${name}; add it to the providers, or import the module that exports it`;
}
