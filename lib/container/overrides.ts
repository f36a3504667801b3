import { BootstrapError } from '../errors.js';
import type { Class, ModuleDefinition, ProviderDefinition, Token } from '../metadata/definitions.js';
import { tokenName } from '../metadata/tokens.js';
import { recipeProvider } from '../scanner/scan-provider.js';

/** What takes a provider's place. A class's constructor and a factory's `inject` see what the replaced one's module sees. */
export type Override =
  | { readonly useValue: unknown }
  | { readonly useClass: Class }
  | { readonly useFactory: (...deps: never[]) => unknown; readonly inject?: readonly Token[] };

/**
 * The modules with the providers of the tokens in `overrides` replaced, wherever they are provided.
 * @throws BootstrapError for an override that is a mistake, or that replaces nothing
 */
export function applyOverrides(
  modules: readonly ModuleDefinition[],
  overrides: ReadonlyMap<Token, Override>,
): readonly ModuleDefinition[] {
  if (overrides.size === 0) return modules;
  const problems: string[] = [];
  const unused = new Set(overrides.keys());
  const replace = (provider: ProviderDefinition): ProviderDefinition => {
    const override = overrides.get(provider.token);
    if (override === undefined) return provider;
    unused.delete(provider.token);
    return recipeProvider(provider.token, override, provider.module, (problem) => problems.push(problem));
  };
  const replaced = new Map<ModuleDefinition, ModuleDefinition>();
  for (const module of modules) {
    // Imported modules come first, so they are replaced already.
    const imports = module.imports.map((imported) => replaced.get(imported) ?? imported);
    replaced.set(module, Object.freeze({ ...module, imports, providers: module.providers.map(replace) }));
  }
  for (const token of unused) {
    problems.push(`the override of ${tokenName(token)} replaces nothing: no module provides it`);
  }
  if (problems.length > 0) throw new BootstrapError(problems);
  return [...replaced.values()];
}
