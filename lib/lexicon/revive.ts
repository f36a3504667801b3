import type { Class } from '../metadata/definitions.js';
import { RULE_KIND, shapeOf, type ClassShape } from './class-shape.js';
import { doubt } from './doubt.js';
import { copyPlain, isPlain, isUnsafeKey, limitDepth } from './plain-data.js';
import type { TypeRule } from './transform-rules.js';
import { unrolledRevive } from './unroll.js';

/**
 * What happens to keys that the class does not declare: `strip` drops them, `strict` leaves the message to
 * class-validator, which refuses it; `keep` keeps them, as in an object that no rule looks into.
 */
export type UndeclaredKeys = 'strip' | 'strict' | 'keep';

type ReviveValue = (value: unknown, depth: number) => unknown;

/** Makes instances of one class out of plain data, as `plainToInstance` does. */
export interface Reviver {
  /** False when class-transformer has to do it, here or in a nested class. */
  readonly compiled: boolean;
  /**
   * `data` is a plain object that stands at `depth`.
   * @throws TooDeep, or DOUBT for a value that class-transformer must judge
   */
  revive(data: object, depth: number): object;
}

const revivers: Record<UndeclaredKeys, WeakMap<Class, ClassReviver>> = {
  strip: new WeakMap(),
  strict: new WeakMap(),
  keep: new WeakMap(),
};

export function reviverOf(type: Class, undeclared: UndeclaredKeys): Reviver {
  return classReviver(type, undeclared);
}

function classReviver(type: Class, undeclared: UndeclaredKeys): ClassReviver {
  let reviver = revivers[undeclared].get(type);
  if (!reviver) {
    reviver = new ClassReviver(type, undeclared);
    revivers[undeclared].set(type, reviver);
    reviver.compile(); // after it can be found: a class may contain itself
  }
  return reviver;
}

class ClassReviver implements Reviver {
  private readonly shape: ClassShape;
  private readonly fields = new Map<string, ReviveValue>();
  private readonly keys: string[] = [];
  private readonly revivers: ReviveValue[] = [];
  private reviveKeys = (data: object, depth: number): object => this.loop(data, depth);
  /** False when class-transformer has to make this class, whatever the nested ones say. */
  known = true;
  readonly nested: ClassReviver[] = [];

  constructor(
    private readonly type: Class,
    private readonly undeclared: UndeclaredKeys,
  ) {
    this.shape = shapeOf(type);
  }

  get compiled(): boolean {
    return isCompiled(this, new Set());
  }

  compile(): void {
    const { rules, types, transformed, fixed } = this.shape;
    if (transformed) this.known = false;
    for (const key of this.undeclared === 'keep' ? types.keys() : rules.keys()) {
      if (fixed.has(key)) continue;
      const isNested = rules.get(key)?.some((rule) => rule.type === RULE_KIND.nested) ?? false;
      const field = this.field(types.get(key), isNested ? this.undeclared : 'keep');
      if (field) this.fields.set(key, field);
      else this.known = false;
    }
    this.keys.push(...this.fields.keys());
    this.revivers.push(...this.fields.values());
    this.reviveKeys = unrolledRevive(this.type, this.keys, this.revivers, revivePlain) ?? this.reviveKeys;
  }

  revive(data: object, depth: number): object {
    if (this.undeclared === 'keep') return this.reviveAll(data as Record<string, unknown>, depth);
    if (this.undeclared === 'strict') this.refuseUndeclared(data);
    return this.reviveKeys(data, depth + 1);
  }

  private loop(data: object, depth: number): object {
    const instance = new this.type() as Record<string, unknown>;
    this.keys.forEach((key, index) => {
      const value = (data as Record<string, unknown>)[key];
      if (value !== undefined) instance[key] = this.revivers[index]!(value, depth);
    });
    return instance;
  }

  private reviveAll(data: Record<string, unknown>, depth: number): object {
    const instance = new this.type() as Record<string, unknown>;
    for (const key of Object.keys(data)) {
      const value = data[key];
      if (value === undefined || isUnsafeKey(key) || this.shape.fixed.has(key)) continue;
      if (key in this.type.prototype) doubt();
      instance[key] = (this.fields.get(key) ?? revivePlain)(value, depth + 1);
    }
    return instance;
  }

  private refuseUndeclared(data: object): void {
    for (const key of Object.keys(data)) if (!this.shape.rules.has(key)) doubt();
  }

  /** Undefined when class-transformer has to do it. */
  private field(rule: TypeRule | undefined, undeclared: UndeclaredKeys): ReviveValue | undefined {
    if (!rule) return revivePlain;
    if (rule.options?.discriminator || !rule.typeFunction || rule.typeFunction.length > 0) return undefined;
    const target = rule.typeFunction();
    if (target !== rule.reflectedType && !ORDINARY.has(rule.reflectedType)) return undefined;
    const revive = this.value(target, undeclared);
    return revive && eachItem(revive);
  }

  private value(target: unknown, undeclared: UndeclaredKeys): ReviveValue | undefined {
    if (target === undefined || target === Object) return revivePlain;
    if (target === String || target === Number || target === Boolean) {
      const convert = target as (value: unknown) => unknown;
      return (value) => (value === null ? null : convert(value));
    }
    if (target === Date) return reviveDate;
    if (!isUserClass(target)) return undefined;
    const nested = classReviver(target, undeclared);
    this.nested.push(nested);
    return (value, depth) => reviveNested(value, depth, target, nested);
  }
}

/** Emitted types of a property that do not change what class-transformer makes of an array. */
const ORDINARY: ReadonlySet<unknown> = new Set([undefined, Array, Object, String, Number, Boolean, Date]);

const revivePlain: ReviveValue = (value, depth) => copyPlain(value, depth, doubt);

const reviveDate: ReviveValue = (value) =>
  value === null ? null : new Date(value instanceof Date ? value.valueOf() : (value as string | number));

function reviveNested(value: unknown, depth: number, type: Class, reviver: ClassReviver): unknown {
  if (typeof value !== 'object' || value === null) return value;
  limitDepth(depth);
  if (isPlain(value)) return reviver.revive(value, depth);
  if (value instanceof Date) return new Date(value.valueOf());
  if (Object.getPrototypeOf(value) !== type.prototype) doubt();
  return reviver.revive({ ...value }, depth);
}

function eachItem(one: ReviveValue): ReviveValue {
  if (one === revivePlain) return one;
  const revive: ReviveValue = (value, depth) => {
    if (!Array.isArray(value)) return one(value, depth);
    limitDepth(depth);
    const items: unknown[] = [];
    for (const item of value as unknown[]) items.push(item === undefined ? item : revive(item, depth + 1));
    return items;
  };
  return revive;
}

function isUserClass(target: unknown): target is Class {
  if (typeof target !== 'function' || target === Function) return false;
  if (typeof target.prototype !== 'object' || target.prototype === null) return false;
  return (
    !NATIVE.test(Function.prototype.toString.call(target)) && !inheritsNative(target.prototype as object)
  );
}

const NATIVE = /\{\s*\[native code\]\s*\}$/;

function inheritsNative(prototype: object): boolean {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (parent === null || parent === Object.prototype) return false;
  const { constructor } = parent;
  return NATIVE.test(Function.prototype.toString.call(constructor)) || inheritsNative(parent);
}

function isCompiled(reviver: ClassReviver, seen: Set<ClassReviver>): boolean {
  if (seen.has(reviver)) return true;
  seen.add(reviver);
  return reviver.known && reviver.nested.every((nested) => isCompiled(nested, seen));
}
