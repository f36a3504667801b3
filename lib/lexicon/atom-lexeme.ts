import { AtomError, type FieldError } from '../errors.js';
import { invalid } from './field-errors.js';
import { lexemeRecord } from './lexeme-record.js';
import { TooDeep } from './plain-data.js';
import { exampleSchema, type ExampleSchema } from './schema-by-example.js';

/** The data that a schema of defaults stands for: `null` is anything, `{}` any object, `[]` any array. */
export type SchemaData<S> = { -readonly [K in keyof S]: SchemaValue<S[K]> };

type SchemaValue<V> = V extends null | undefined
  ? unknown
  : V extends readonly unknown[]
    ? unknown[]
    : V extends object
      ? keyof V extends never
        ? Record<string, unknown>
        : SchemaData<V>
      : V;

/** Any part of the data, at any depth. */
export type Changes<D> = { [K in keyof D]?: D[K] extends Record<string, unknown> ? Changes<D[K]> : D[K] };

/** A class that extends `AtomLexeme` with a schema. */
export interface AtomLexemeClass {
  new (data?: object): AtomLexeme;
  readonly schema: object;
  inflection(data: unknown): unknown;
}

/** What `inflect` gives: an instance whose data has the types of its class's schema. */
export type Inflected<C extends AtomLexemeClass> = AtomLexeme<SchemaData<C['schema']>> & InstanceType<C>;

/**
 * A message contract written as an example. A subclass has a static `schema` of defaults: a default's type is the
 * rule for its key, a key that a message lacks gets the default (a copy), and keys that are not in the schema are
 * dropped, or refused with `@Lexeme(label, { strict: true })`.
 *
 *     class UserCreated extends AtomLexeme {
 *       static schema = { userId: '', email: '', timestamp: 0 };
 *     }
 *     UserCreated.inflect({ userId: 'u1' }).get().email; // ''
 *
 * Where the data's type is wanted on the class itself: `extends AtomLexeme<SchemaData<typeof schema>>`.
 */
export class AtomLexeme<Data extends object = Record<string, unknown>> {
  /** The defaults. */
  static readonly schema: object;

  private data: Data;

  /** @throws AtomError `INVALID_ARGUMENT`, details: `FieldError[]`; Error when the class has no usable schema */
  constructor(data: object = {}) {
    this.data = this.checked(data, undefined);
  }

  /**
   * Makes a checked instance: `inflection` first, then the schema.
   * @throws AtomError `INVALID_ARGUMENT`, details: `FieldError[]`
   */
  static inflect<C extends AtomLexemeClass>(this: C, data: unknown): Inflected<C> {
    let inflected: unknown;
    try {
      inflected = this.inflection(data);
    } catch (error) {
      if (AtomError.is(error)) throw error;
      throw invalid(this.name, [wrong('inflection', 'its inflection failed on it')], error);
    }
    if (inflected === false) throw invalid(this.name, [wrong('inflection', 'its inflection refused it')]);
    return new this((inflected ?? null) as object) as Inflected<C>; // undefined would be the defaults
  }

  /**
   * What happens to data before it meets the schema; override it to change the data, or to refuse it by giving
   * false or throwing. Gives the data as it is by default.
   */
  static inflection(data: unknown): unknown {
    return data;
  }

  /** The data itself, not a copy. */
  get(): Data {
    return this.data;
  }

  /**
   * Changes some keys; objects of the schema are merged, everything else is replaced. Wrong changes leave the data as it was.
   * @throws AtomError `INVALID_ARGUMENT`, details: `FieldError[]`
   */
  update(changes: Changes<Data>): this {
    this.data = this.checked(changes, this.data as Readonly<Record<string, unknown>>);
    return this;
  }

  /** True when there is such a key; dots go down, into arrays by index too. Never throws. */
  hasKey(path: string): boolean {
    return walk(this.data, path).found;
  }

  /** The value of a key, dots go down; undefined when there is none. Never throws. */
  getValue(path: string): unknown {
    return walk(this.data, path).value;
  }

  /** The data as JSON text. */
  stringify(): string {
    return JSON.stringify(this.data);
  }

  toJSON(): Data {
    return this.data;
  }

  private checked(data: unknown, base: Readonly<Record<string, unknown>> | undefined): Data {
    const type = this.constructor as typeof AtomLexeme;
    const given: unknown = data instanceof AtomLexeme ? data.get() : data;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw invalid(type.name, [wrong('isObject', 'it must be an object')]);
    }
    const errors: FieldError[] = [];
    try {
      const strict = lexemeRecord.read(type)?.strict ?? false;
      const filled = schemaOf(type).fill(given, base, strict, errors);
      if (errors.length === 0) return filled as Data;
    } catch (error) {
      if (error instanceof TooDeep) throw invalid(type.name, [wrong('depth', `it is ${error.message}`)]);
      throw error;
    }
    throw invalid(type.name, errors);
  }
}

/** @throws Error when the class has no schema, or one with a default that JSON cannot carry */
export function schemaOf(type: { readonly name: string; readonly schema: unknown }): ExampleSchema {
  const { name, schema } = type;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new Error(`${name} has no schema; write static schema = { key: '' } with a default for each key`);
  }
  return exampleSchema(name, schema);
}

function wrong(rule: string, message: string): FieldError {
  return { path: '', rule, message };
}

function walk(data: unknown, path: unknown): { found: boolean; value: unknown } {
  let value = data;
  for (const key of typeof path === 'string' ? path.split('.') : [undefined]) {
    if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      return { found: false, value: undefined };
    }
    value = (value as Record<string, unknown>)[key];
  }
  return { found: true, value };
}
