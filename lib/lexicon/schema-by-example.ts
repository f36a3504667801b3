import type { FieldError } from '../errors.js';
import { copyPlain, isPlain, isUnsafeKey } from './plain-data.js';

/** What a default says of its key. `shape` is an object with keys of its own; `object` takes any. */
type ExampleRule =
  | { readonly kind: 'any' | 'string' | 'number' | 'boolean' | 'array' | 'object' }
  | { readonly kind: 'shape'; readonly fields: ReadonlyMap<string, ExampleField> };

interface ExampleField {
  readonly rule: ExampleRule;
  readonly example: unknown;
}

/** A schema written as an object of defaults, read once. */
export interface ExampleSchema {
  /**
   * A copy of `data` with only the keys of the schema; those that it lacks come from `base`, or else from the
   * defaults, copied. What is wrong is added to `errors`.
   */
  fill(
    data: object,
    base: Readonly<Record<string, unknown>> | undefined,
    strict: boolean,
    errors: FieldError[],
  ): Record<string, unknown>;
  jsonSchema(strict: boolean): Record<string, unknown>;
}

const schemas = new WeakMap<object, ExampleSchema>();

/** @throws Error when a default is not something that JSON can carry */
export function exampleSchema(name: string, example: object): ExampleSchema {
  let schema = schemas.get(example);
  if (!schema) {
    const fields = readFields(name, example, '');
    schema = {
      fill: (data, base, strict, errors) => fillShape(fields, data, base, { strict, errors }, '', 1),
      jsonSchema: (strict) => describe({ kind: 'shape', fields }, strict),
    };
    schemas.set(example, schema);
  }
  return schema;
}

function readFields(name: string, example: object, parent: string): ReadonlyMap<string, ExampleField> {
  return new Map(
    Object.entries(example).map(([key, value]: [string, unknown]) => {
      const path = parent + key;
      const wrong = (what: string) => new Error(`The schema of ${name}: '${path}' ${what}`);
      if (isUnsafeKey(key)) throw wrong('cannot be a key of a message; rename it');
      return [key, { rule: readRule(name, value, path, wrong), example: value }];
    }),
  );
}

function readRule(name: string, value: unknown, path: string, wrong: (what: string) => Error): ExampleRule {
  if (value === null || value === undefined) return { kind: 'any' };
  if (typeof value === 'string' || typeof value === 'boolean') return { kind: typeof value as 'string' };
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'number' };
  if (Array.isArray(value)) return { kind: 'array' };
  if (typeof value === 'object' && isPlain(value)) {
    if (Object.keys(value).length === 0) return { kind: 'object' };
    return { kind: 'shape', fields: readFields(name, value, `${path}.`) };
  }
  throw wrong("has a default that JSON cannot carry; write '', 0, false, null, [], {} or an object of such");
}

interface Filling {
  readonly strict: boolean;
  readonly errors: FieldError[];
}

function fillShape(
  fields: ReadonlyMap<string, ExampleField>,
  data: object,
  base: Readonly<Record<string, unknown>> | undefined,
  filling: Filling,
  parent: string,
  depth: number,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [key, field] of fields) {
    const value = Object.hasOwn(data, key) ? (data as Record<string, unknown>)[key] : undefined;
    const present = base && Object.hasOwn(base, key) ? base[key] : undefined;
    filled[key] = fillField(field, value, present, filling, parent + key, depth + 1);
  }
  if (filling.strict) {
    for (const key of Object.keys(data)) {
      if (fields.has(key) || isUnsafeKey(key)) continue;
      filling.errors.push({
        path: parent + key,
        rule: 'whitelistValidation',
        message: `property ${key} should not exist`,
      });
    }
  }
  return filled;
}

function fillField(
  { rule, example }: ExampleField,
  value: unknown,
  base: unknown,
  filling: Filling,
  path: string,
  depth: number,
): unknown {
  if (value === undefined) return copyPlain(base === undefined ? example : base, depth, asItIs);
  if (!fits(rule, value)) {
    filling.errors.push(misfit(rule, path));
    return undefined;
  }
  if (rule.kind !== 'shape') return copyPlain(value, depth, asItIs);
  return fillShape(rule.fields, value as object, asObject(base), filling, `${path}.`, depth);
}

function fits(rule: ExampleRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'any':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
    case 'shape':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === rule.kind;
  }
}

function misfit({ kind }: ExampleRule, path: string): FieldError {
  const word = kind === 'shape' ? 'object' : kind;
  const key = path.slice(path.lastIndexOf('.') + 1);
  return {
    path,
    rule: `is${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    message: `${key} must be ${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`,
  };
}

function asItIs(value: object): object {
  return value;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function describe(rule: ExampleRule, strict: boolean): Record<string, unknown> {
  if (rule.kind === 'any') return {};
  if (rule.kind !== 'shape') return { type: rule.kind };
  const properties: Record<string, unknown> = {};
  for (const [key, field] of rule.fields) {
    const schema = describe(field.rule, strict);
    properties[key] =
      field.rule.kind === 'shape' || field.example === undefined
        ? schema
        : { ...schema, default: field.example };
  }
  return { type: 'object', properties, ...(strict && { additionalProperties: false }) };
}
