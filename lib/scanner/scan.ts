import { checkWiring } from './check-wiring.js';
import type { Lexicon } from './lexicon.js';
import { moduleGraph, type ModuleNode } from './module-graph.js';
import { scanModule, type ScannedModule } from './scan-module.js';
import { checkServiceNames } from './scan-service.js';
import { BootstrapError } from '../errors.js';
import type { ApplicationDefinition, ModuleReference, Token } from '../metadata/definitions.js';

export interface ScanOptions extends Lexicon {
  /** Tokens that every module sees without importing anything. */
  readonly builtins: Iterable<Token>;
  /** Tokens whose providers a test replaces: what those need is not looked for here, but by the container. */
  readonly replaced?: Iterable<Token>;
}

/**
 * Reads what the decorators recorded, from `root` on, and gives it as plain, frozen definitions.
 * Constructs nothing. @throws BootstrapError with every mistake that it finds, not only the first
 */
export function scan(root: ModuleReference, options: ScanOptions): ApplicationDefinition {
  const problems = new Set<string>();
  const report = (problem: string): void => void problems.add(problem);
  const builtins = new Set(options.builtins);

  const scanned = new Map<ModuleNode, ScannedModule>();
  const graph = moduleGraph(root, report);
  const whole = problems.size === 0;
  for (const node of graph) {
    scanned.set(node, scanModule(node, scanned, builtins, options, report));
  }
  const found = [...scanned.values()];
  const modules = Object.freeze(found.map(({ definition }) => definition));
  const services = Object.freeze(found.flatMap((module) => module.services));
  checkServiceNames(services, report);
  // With an import missing, everything that comes from it would be reported as well.
  if (whole) checkWiring(modules, builtins, new Set(options.replaced), report);

  const last = modules.at(-1);
  if (problems.size > 0 || last === undefined) throw new BootstrapError([...problems]);
  return Object.freeze({ root: last, modules, services });
}
