import { getMetadataStorage } from 'class-validator';
import type { Class } from '../metadata/definitions.js';
import { isUnsafeKey } from './plain-data.js';
import { transformRules, type TypeRule } from './transform-rules.js';

/** One rule of class-validator on one key. */
export type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** class-validator's names for its kinds of rules. */
export const RULE_KIND = {
  custom: 'customValidation',
  nested: 'nestedValidation',
  promise: 'promiseValidation',
  conditional: 'conditionalValidation',
  allow: 'whitelistValidation',
  defined: 'isDefined',
} as const;

/** What class-validator and class-transformer know of a class, read once. */
export interface ClassShape {
  readonly type: Class;
  /** Rules by key; a key without any is not declared. */
  readonly rules: ReadonlyMap<string, readonly Rule[]>;
  /** `@Type` by key. */
  readonly types: ReadonlyMap<string, TypeRule>;
  /** True when class-transformer must do the reviving: `@Transform`, `@Expose`, `@Exclude`. */
  readonly transformed: boolean;
  /** Keys that data must not set: accessors without a setter, methods, unsafe names. */
  readonly fixed: ReadonlySet<string>;
  /** Keys that a fresh instance has and that carry no rule. They keep what the class gives them. */
  readonly ownDefaults: readonly string[];
}

const shapes = new WeakMap<Class, ClassShape>();

/** @throws Error when the class cannot be made without arguments */
export function shapeOf(type: Class): ClassShape {
  let shape = shapes.get(type);
  if (!shape) shapes.set(type, (shape = readShape(type)));
  return shape;
}

/** True when the class, or one that it extends, has rules of class-validator. */
export function hasRules(type: Class): boolean {
  return readRules(type).length > 0;
}

function readRules(type: Class): Rule[] {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
}

function readShape(type: Class): ClassShape {
  const rules = new Map<string, Rule[]>();
  for (const rule of readRules(type)) {
    const ofKey = rules.get(rule.propertyName);
    if (ofKey) ofKey.push(rule);
    else rules.set(rule.propertyName, [rule]);
  }
  const { types, transformed } = transformRules(type);
  const fresh = makeFresh(type);
  const fixed = new Set([...rules.keys(), ...types.keys()].filter((key) => isFixed(fresh, key)));
  const ownDefaults = Object.keys(fresh).filter((key) => !rules.has(key));
  return { type, rules, types, transformed, fixed, ownDefaults };
}

function makeFresh(type: Class): object {
  try {
    return new type();
  } catch (error) {
    throw new Error(
      `${type.name} cannot be a lexeme: its constructor fails without arguments (${String(error)}). Messages are made by \`new ${type.name}()\` and filled afterwards: give the arguments defaults, or set the fields without a constructor`,
      { cause: error },
    );
  }
}

function isFixed(fresh: object, key: string): boolean {
  if (isUnsafeKey(key)) return true;
  if (typeof (fresh as Record<string, unknown>)[key] === 'function') return true;
  for (let at: object | null = fresh; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key);
    if (descriptor) return descriptor.set === undefined && descriptor.get !== undefined;
  }
  return false;
}
