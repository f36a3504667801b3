import {
  getMetadataStorage,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { Class } from '../metadata/definitions.js';
import { isOrdinaryEmailRule, isPlainAddress } from './quick-email.js';
import { hasRules, RULE_KIND, shapeOf, type ClassShape, type Rule } from './class-shape.js';
import { unrolledCheck } from './unroll.js';

/** Says yes where `validateSync` finds nothing wrong. A no may be a doubt: class-validator has the last word then. */
export interface Checker {
  /** `whole`: also says no to keys that are not declared, as an instance of the user's own making may have. */
  check(instance: object, whole: boolean): boolean;
  /** True when a message without the key would be refused whatever else it says. */
  requires(key: string): boolean;
}

type Instance = Record<string, unknown>;
type CheckValue = (instance: Instance, value: unknown, whole: boolean) => boolean;

const checkers = new WeakMap<Class, ClassChecker>();

/** @throws Error when a rule is asynchronous */
export function checkerOf(type: Class): Checker {
  return classChecker(type);
}

function classChecker(type: Class): ClassChecker {
  let checker = checkers.get(type);
  if (!checker) {
    checker = new ClassChecker(shapeOf(type));
    checkers.set(type, checker);
    checker.compile(); // after it can be found: a class may contain itself
  }
  return checker;
}

/** Undefined for a class without rules, which nothing can be nested as. */
function knownChecker(type: Class): ClassChecker | undefined {
  return checkers.get(type) ?? (hasRules(type) ? classChecker(type) : undefined);
}

class ClassChecker implements Checker {
  private readonly keys: string[] = [];
  private readonly checks: CheckValue[] = [];
  private checkKeys = (instance: object, whole: boolean): boolean => this.loop(instance as Instance, whole);

  constructor(private readonly shape: ClassShape) {}

  compile(): void {
    for (const [key, rules] of this.shape.rules) {
      this.keys.push(key);
      this.checks.push(this.field(rules));
    }
    this.checkKeys =
      unrolledCheck(this.keys, this.checks as Parameters<typeof unrolledCheck>[1]) ?? this.checkKeys;
  }

  check(instance: object, whole: boolean): boolean {
    if (this.keys.length === 0) return false;
    if (whole && !this.isWhole(instance as Instance)) return false;
    return this.checkKeys(instance, whole);
  }

  private loop(instance: Instance, whole: boolean): boolean {
    return this.keys.every((key, index) => this.checks[index]!(instance, instance[key], whole));
  }

  requires(key: string): boolean {
    const rules = this.shape.rules.get(key) ?? [];
    if (rules.some((rule) => rule.type === RULE_KIND.conditional || rule.validateIf)) return false;
    try {
      return !this.field(rules)(new this.shape.type() as Instance, undefined, false);
    } catch {
      return true; // a rule that trips over a missing value does not take it
    }
  }

  private isWhole(instance: Instance): boolean {
    for (const key of Object.keys(instance)) {
      if (!this.shape.rules.has(key) && instance[key] !== undefined) return false;
    }
    return true;
  }

  private field(rules: readonly Rule[]): CheckValue {
    const ofKind = (kind: string) => rules.filter((rule) => rule.type === kind);
    const conditions = ofKind(RULE_KIND.conditional).map(
      (rule) => rule.constraints[0] as (instance: object, value: unknown) => unknown,
    );
    const checks = [...ofKind(RULE_KIND.defined), ...ofKind(RULE_KIND.custom)].flatMap((rule) =>
      constraintsOf(rule, this.shape.type),
    );
    if (ofKind(RULE_KIND.nested).length > 0) checks.push(nestedCheck(this.shape, rules));
    const all = allOf(checks);
    if (conditions.length === 0) return all;
    return (instance, value, whole) => {
      for (const condition of conditions) if (!condition(instance, value)) return true;
      return all(instance, value, whole);
    };
  }
}

function allOf(checks: readonly CheckValue[]): CheckValue {
  const [first, second] = checks;
  if (!first) return () => true;
  if (!second) return first;
  if (checks.length === 2) {
    return (instance, value, whole) => first(instance, value, whole) && second(instance, value, whole);
  }
  return (instance, value, whole) => checks.every((check) => check(instance, value, whole));
}

function constraintsOf(rule: Rule, type: Class): CheckValue[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(rule.constraintCls)
    .map((constraint) => {
      if (constraint.async) throw new AsynchronousRule(type, rule.propertyName, constraint.name);
      let validator: ValidatorConstraintInterface | undefined; // made late: `useContainer` may come first
      let quick = false;
      const ask = (value: unknown, args: ValidationArguments): boolean => {
        if (!validator) {
          validator = constraint.instance;
          quick = isOrdinaryEmailRule(rule, constraint.name, validator);
        }
        if (quick && isPlainAddress(value)) return true;
        const verdict = validator.validate(value, args);
        if (verdict === true) return true;
        if (verdict instanceof Object && 'then' in verdict) {
          throw new AsynchronousRule(type, rule.propertyName, constraint.name);
        }
        return Boolean(verdict);
      };
      return constraintCheck(rule, type, ask);
    });
}

function constraintCheck(
  rule: Rule,
  type: Class,
  ask: (value: unknown, args: ValidationArguments) => boolean,
): CheckValue {
  const { propertyName: property, constraints, each, validateIf } = rule;
  const targetName = type.name; // reading a class's name is slow
  if (!validateIf && !each) {
    return (instance, value) => ask(value, { targetName, property, object: instance, value, constraints });
  }
  return (instance, value) => {
    if (validateIf && !validateIf(instance, value)) return true;
    const args = { targetName, property, object: instance, value, constraints };
    if (!each || typeof value !== 'object' || value === null) return ask(value, args);
    if (Array.isArray(value)) return value.every((item) => ask(item, args));
    if (value instanceof Set || value instanceof Map) return false;
    return ask(value, args);
  };
}

/** A mistake of whoever wrote the class, not of whoever sent the message. */
export class AsynchronousRule extends Error {
  override readonly name = 'AsynchronousRule';

  constructor(type: Class, property: string, rule: string) {
    super(
      `${type.name}.${property} has the asynchronous rule '${rule}': a message is checked at once, so the rule would never be heard. Make the rule synchronous, or check it in the handler`,
    );
  }
}

/** What `@ValidateNested` says: an object of a class with rules, or an array of them. */
function nestedCheck(shape: ClassShape, rules: readonly Rule[]): CheckValue {
  const key = rules[0]!.propertyName;
  const expected = shape.types.get(key)?.typeFunction;
  // Known early, so that a mistake in a nested class shows when the class around it is compiled.
  if (expected?.length === 0) {
    const target = expected();
    if (typeof target === 'function') knownChecker(target as Class);
  }
  const check: CheckValue = (instance, value, whole) => {
    if (value === undefined) return true;
    if (typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.every((item) => check(instance, item, whole));
    const type = (value as { constructor?: unknown }).constructor;
    if (typeof type !== 'function' || type === Object || Object.getPrototypeOf(value) !== type.prototype) {
      return false;
    }
    return knownChecker(type as Class)?.check(value, whole) ?? false;
  };
  return check;
}
