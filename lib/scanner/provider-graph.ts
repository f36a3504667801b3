import type { ModuleDefinition, ProviderDefinition, Token } from '../metadata/definitions.js';

/**
 * The provider that `token` means inside `module`: the module's own, or else that of the first of its imports
 * that exports it. Undefined when it sees none.
 */
export function findProvider(module: ModuleDefinition, token: Token): ProviderDefinition | undefined {
  const own = module.providers.find((provider) => provider.token === token);
  if (own !== undefined) return own;
  const from = module.imports.find(({ exports }) => exports.includes(token));
  return from && findProvider(from, token);
}

/** The tokens that a provider is made from, in order. */
export function dependenciesOf(provider: ProviderDefinition): readonly { token: Token; optional: boolean }[] {
  switch (provider.kind) {
    case 'class':
    case 'factory':
      return provider.dependencies;
    case 'existing':
      return [{ token: provider.existing, optional: false }];
    case 'value':
      return [];
  }
}

export interface ProviderOrder {
  /** Dependencies before dependants; otherwise imported modules first, and as listed. */
  readonly order: readonly ProviderDefinition[];
  /** Each as the path that leads back to its first provider. */
  readonly cycles: readonly (readonly ProviderDefinition[])[];
}

/** The order in which the providers of `modules` (imported ones first) can be made. */
export function providerOrder(modules: readonly ModuleDefinition[]): ProviderOrder {
  const order = new Set<ProviderDefinition>();
  const cycles: ProviderDefinition[][] = [];
  const byName = new Map(modules.map((module) => [module.name, module]));
  const path: ProviderDefinition[] = [];

  const visit = (provider: ProviderDefinition): void => {
    if (order.has(provider)) return;
    const start = path.indexOf(provider);
    if (start >= 0) {
      cycles.push(path.slice(start));
      return;
    }
    path.push(provider);
    const module = byName.get(provider.module);
    for (const { token } of module === undefined ? [] : dependenciesOf(provider)) {
      const dependency = module && findProvider(module, token);
      if (dependency !== undefined) visit(dependency);
    }
    path.pop();
    order.add(provider);
  };

  for (const provider of modules.flatMap(({ providers }) => providers)) visit(provider);
  return { order: [...order], cycles };
}
