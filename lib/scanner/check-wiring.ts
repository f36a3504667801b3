import { dependenciesOf, findProvider, providerOrder } from './provider-graph.js';
import type { Report } from './report.js';
import type { ModuleDefinition, ProviderDefinition, Token } from '../metadata/definitions.js';
import { tokenName } from '../metadata/tokens.js';

/**
 * Reports every dependency that its module cannot see, and providers that need each other. Providers of tokens in
 * `replaced` are left out: something else will stand in their place.
 */
export function checkWiring(
  modules: readonly ModuleDefinition[],
  builtins: ReadonlySet<Token>,
  replaced: ReadonlySet<Token>,
  report: Report,
): void {
  for (const module of modules) {
    for (const provider of module.providers) {
      if (replaced.has(provider.token)) continue;
      dependenciesOf(provider).forEach(({ token, optional }, index) => {
        if (optional || builtins.has(token) || findProvider(module, token) !== undefined) return;
        report(
          `${module.name}: ${needs(provider, index)} ${tokenName(token)}, which the module cannot see: ` +
            mend(token, module, modules),
        );
      });
    }
  }
  for (const cycle of providerOrder(modules).cycles) {
    if (cycle.some(({ token }) => replaced.has(token))) continue;
    const path = [...cycle, cycle[0]].map((provider) => provider && tokenName(provider.token)).join(' -> ');
    report(
      `${cycle[0]?.module}: providers need each other: ${path}; move what they share to a provider that both take`,
    );
  }
}

function needs(provider: ProviderDefinition, index: number): string {
  const name = tokenName(provider.token);
  switch (provider.kind) {
    case 'class': {
      const type = provider.type === provider.token ? name : `${name} (${provider.type.name})`;
      return `the constructor of ${type}, parameter ${index}, needs`;
    }
    case 'existing':
      return `${name} is useExisting of`;
    default:
      return `the factory of ${name}, inject[${index}], needs`;
  }
}

function mend(token: Token, module: ModuleDefinition, modules: readonly ModuleDefinition[]): string {
  const name = tokenName(token);
  const provider = modules.find(({ providers }) => providers.some((other) => other.token === token));
  if (provider === undefined) {
    return `no module provides it; add it to the providers of ${module.name}, or import a module that exports it`;
  }
  const exporting = modules.find(({ exports }) => exports.includes(token));
  if (exporting !== undefined) {
    return `${exporting.name} exports it, but ${module.name} does not import ${exporting.name}; add it to the imports`;
  }
  const imported = module.imports.includes(provider)
    ? ''
    : ` and ${provider.name} to the imports of ${module.name}`;
  return `${provider.name} provides it, but does not export it; add ${name} to the exports of ${provider.name}${imported}`;
}
