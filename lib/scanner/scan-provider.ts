import { constructorDependencies } from './constructor-dependencies.js';
import { checkOptions, CIRCULAR_HINT, type Report } from './report.js';
import type {
  Class,
  DependencyDefinition,
  Provider,
  ProviderDefinition,
  Token,
} from '../metadata/definitions.js';
import { show } from '../metadata/names.js';
import { isConstructible, isToken, tokenName } from '../metadata/tokens.js';

const WAYS = ['useValue', 'useClass', 'useExisting', 'useFactory'] as const;
const KEYS = ['provide', ...WAYS, 'inject'] as const;

/** How a token gets its value, without the token: what a test puts in a provider's place. */
export interface Recipe {
  readonly useValue?: unknown;
  readonly useClass?: Class;
  readonly useExisting?: Token;
  readonly useFactory?: (...deps: never[]) => unknown;
  readonly inject?: readonly Token[];
}

/** One entry of a module's `providers`; undefined when it is a mistake. */
export function scanProvider(
  entry: Provider,
  module: string,
  report: Report,
): ProviderDefinition | undefined {
  const where = `${module}, providers`;
  if (isConstructible(entry)) return classProvider(entry, entry, module, report);
  if (typeof entry !== 'object' || entry === null) {
    const why = entry === undefined ? CIRCULAR_HINT : 'give a class or { provide: token, useValue: … }';
    report(`${where}: an entry is ${show(entry)}: ${why}`);
    return undefined;
  }
  if (!checkOptions(entry, KEYS, where, report)) return undefined;
  if (!isToken(entry.provide)) {
    report(`${where}: an entry needs provide: a class, a symbol or a string, not ${show(entry.provide)}`);
    return undefined;
  }
  return recipeProvider(entry.provide, entry, module, report);
}

/** A provider whose value is an instance of `type`. */
export function classProvider(token: Token, type: Class, module: string, report: Report): ProviderDefinition {
  const dependencies = Object.freeze(
    constructorDependencies(type, (problem) => report(`${module}: ${problem}`)),
  );
  return Object.freeze({ kind: 'class', token, module, type, dependencies });
}

/** A provider made the way `recipe` says. Where that is a mistake it stands for it, so that nobody misses the token. */
export function recipeProvider(
  token: Token,
  recipe: Recipe,
  module: string,
  report: Report,
): ProviderDefinition {
  const standIn = { kind: 'value', token, module, value: undefined } as const;
  const where = `${module}, provider ${tokenName(token)}`;
  const given = WAYS.filter((way) => way in recipe);
  const [way] = given;
  if (way === undefined || given.length > 1) {
    report(
      `${where}: say one of ${WAYS.join(', ')}${given.length > 1 ? `, not ${given.join(' and ')}` : ''}`,
    );
    return standIn;
  }
  if (way !== 'useFactory' && recipe.inject !== undefined) {
    report(`${where}: inject is for useFactory; ${way} takes none`);
  }
  const value = recipe[way];
  switch (way) {
    case 'useValue':
      if (value instanceof Promise) {
        report(`${where}: useValue is a promise, which nothing awaits; write useFactory: () => thatPromise`);
      }
      return Object.freeze({ kind: 'value', token, module, value });
    case 'useClass':
      if (isConstructible(value)) return classProvider(token, value, module, report);
      break;
    case 'useExisting':
      if (isToken(value)) return Object.freeze({ kind: 'existing', token, module, existing: value });
      break;
    case 'useFactory':
      if (typeof value === 'function') {
        const dependencies = injected(recipe.inject ?? [], where, report);
        const factory = value as (...deps: never[]) => unknown;
        return Object.freeze({ kind: 'factory', token, module, factory, dependencies });
      }
      break;
  }
  const wanted = { useClass: 'a class', useExisting: 'a token', useFactory: 'a function' }[way];
  report(
    `${where}: ${way} takes ${wanted}, not ${show(value)}${value === undefined ? `: ${CIRCULAR_HINT}` : ''}`,
  );
  return standIn;
}

function injected(tokens: unknown, where: string, report: Report): readonly DependencyDefinition[] {
  if (!Array.isArray(tokens)) {
    report(`${where}: inject is a list of tokens, not ${show(tokens)}`);
    return [];
  }
  return Object.freeze(
    tokens.map((token: unknown, index): DependencyDefinition => {
      if (isToken(token)) return Object.freeze({ token, optional: false });
      report(
        `${where}: inject[${index}] is ${show(token)}, not a token${token === undefined ? `: ${CIRCULAR_HINT}` : ''}`,
      );
      return { token: Symbol('unknown'), optional: true };
    }),
  );
}
