import { Container } from 'inversify';
import type { ManagedInstance } from './lifecycle.js';
import { applyOverrides, type Override } from './overrides.js';
import { BootstrapError } from '../errors.js';
import type {
  ApplicationDefinition,
  ModuleDefinition,
  ProviderDefinition,
  Token,
} from '../metadata/definitions.js';
import { tokenName } from '../metadata/tokens.js';
import { checkWiring } from '../scanner/check-wiring.js';
import { dependenciesOf, findProvider, providerOrder } from '../scanner/provider-graph.js';

export interface ContainerOptions {
  /** Values that every module sees without importing anything. A module's own provider of the token goes before. */
  readonly builtins: ReadonlyMap<Token, unknown>;
  /** Put in the place of providers (and builtins) with these tokens, in every module. */
  readonly overrides?: ReadonlyMap<Token, Override>;
}

/** The singletons of an application. */
export interface AppContainer {
  /**
   * Makes every provider and service, dependencies first, and waits for asynchronous factories. After a failure it
   * may be called again: what was made stays, and it goes on with what failed.
   * @throws Error naming provider and module, with the failure as its cause
   */
  init(): Promise<void>;
  /** What `token` means inside the module of that name. @throws Error before `init` is done, or when the module cannot see it */
  get(token: Token, module: string): unknown;
  /**
   * What was made so far, dependencies before dependants, each object once; also after `close`. Builtins are not
   * among them.
   */
  instances(): readonly ManagedInstance[];
  /** Ends an `init` under way, once the factory that is running has settled; calls no hooks. Harmless when repeated. */
  close(): Promise<void>;
}

/** @throws BootstrapError when the overrides do not fit */
export function createContainer(
  definition: ApplicationDefinition,
  { builtins, overrides = new Map<Token, Override>() }: ContainerOptions,
): AppContainer {
  const modules = applyOverrides([builtinModule(builtins), ...definition.modules], overrides);
  const problems: string[] = [];
  if (overrides.size > 0) {
    checkWiring(modules, new Set(builtins.keys()), new Set(), (problem) => problems.push(problem));
  }
  if (problems.length > 0) throw new BootstrapError(problems);
  return new InversifyContainer(modules);
}

class Builtins {}

function builtinModule(builtins: ReadonlyMap<Token, unknown>): ModuleDefinition {
  const name = '(builtin)';
  const providers = [...builtins].map(
    ([token, value]) => ({ kind: 'value', token, module: name, value }) as const,
  );
  return { name, type: Builtins, imports: [], providers, exports: [...builtins.keys()] };
}

/** Stands for what an optional dependency does not find: never bound. */
const ABSENT = Symbol('absent');

/** Each provider is one binding under a symbol of its own, so that tokens mean what the module sees. */
class InversifyContainer implements AppContainer {
  private readonly container = new Container();
  private readonly bindings = new Map<ProviderDefinition, symbol>();
  private readonly modules: ReadonlyMap<string, ModuleDefinition>;
  private readonly builtins: ModuleDefinition | undefined;
  private readonly made = new Set<ProviderDefinition>();
  private readonly managed = new Map<object, ManagedInstance>();
  private initialising: Promise<void> | undefined;
  private state: 'new' | 'ready' | 'closed' = 'new';

  constructor(modules: readonly ModuleDefinition[]) {
    this.modules = new Map(modules.map((module) => [module.name, module]));
    this.builtins = modules[0];
    for (const provider of providerOrder(modules).order) {
      this.bindings.set(provider, Symbol(tokenName(provider.token)));
    }
  }

  init(): Promise<void> {
    this.initialising ??= this.makeAll().catch((error: unknown) => {
      this.initialising = undefined;
      throw error;
    });
    return this.initialising;
  }

  get(token: Token, module: string): unknown {
    if (this.state === 'closed') throw new Error(`${tokenName(token)}: the application is closed`);
    if (this.state === 'new')
      throw new Error(
        `${tokenName(token)}: nothing is made yet; the application makes it in listen(), so await that first`,
      );
    const found = this.find(token, module);
    if (found === undefined) throw new Error(`${tokenName(token)}: the module ${module} cannot see it`);
    return this.container.get(found);
  }

  instances(): readonly ManagedInstance[] {
    return [...this.managed.values()];
  }

  async close(): Promise<void> {
    this.state = 'closed';
    await this.initialising?.catch(() => undefined);
    this.container.unbindAll();
  }

  private async makeAll(): Promise<void> {
    for (const [provider, binding] of this.bindings) {
      this.assertOpen();
      if (this.made.has(provider)) continue;
      try {
        if (!this.container.isBound(binding)) await this.bind(provider, binding);
        this.manage(provider, this.container.get(binding));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`${provider.module}: ${tokenName(provider.token)} could not be made: ${why}`, {
          cause,
        });
      }
      this.made.add(provider);
    }
    this.assertOpen();
    this.state = 'ready';
  }

  private assertOpen(): void {
    if (this.state === 'closed') throw new Error('the application is closed, so nothing more is made');
  }

  private async bind(provider: ProviderDefinition, binding: symbol): Promise<void> {
    const dependencies = dependenciesOf(provider).map(
      ({ token }) => this.find(token, provider.module) ?? ABSENT,
    );
    const inject = dependencies.map((serviceIdentifier) => ({ serviceIdentifier, optional: true }) as const);
    switch (provider.kind) {
      case 'value':
        this.container.bind(binding).toConstantValue(provider.value);
        break;
      case 'class': {
        const { type } = provider;
        const construct = (...args: unknown[]): object => new type(...args);
        this.container.bind(binding).toResolvedValue(construct, inject).inSingletonScope();
        break;
      }
      case 'existing':
        this.container.bind(binding).toResolvedValue((...[target]: unknown[]) => target, inject);
        break;
      case 'factory': {
        // Awaited before it is bound: inversify would keep a failed promise for ever.
        const args = dependencies.map((id) => this.container.get(id, { optional: true }));
        const value: unknown = await provider.factory(...(args as never[]));
        this.container.bind(binding).toConstantValue(value);
        break;
      }
    }
  }

  /** The binding of what `token` means inside a module. */
  private find(token: Token, module: string): symbol | undefined {
    for (const scope of [this.modules.get(module), this.builtins]) {
      const provider = scope && findProvider(scope, token);
      if (provider !== undefined) return this.bindings.get(provider);
    }
    return undefined;
  }

  private manage(provider: ProviderDefinition, value: unknown): void {
    if (typeof value !== 'object' || value === null || provider.module === this.builtins?.name) return;
    if (this.managed.has(value)) return;
    const name = provider.kind === 'class' ? provider.type.name : tokenName(provider.token);
    this.managed.set(value, { instance: value, name, module: provider.module });
  }
}
