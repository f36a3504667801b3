import { instanceToPlain } from 'class-transformer';
import { AtomError } from '../errors.js';
import type { Class } from '../metadata/definitions.js';
import { AsynchronousRule, checkerOf, type Checker } from './check.js';
import { hasRules, shapeOf, type ClassShape } from './class-shape.js';
import { reviveAndValidate, validateInstance, type Verdict } from './class-validator-path.js';
import { fieldErrors, invalid } from './field-errors.js';
import { classSchema } from './json-schema.js';
import type { CompiledLexeme } from './lexeme.js';
import { lexemeRecord, type LexemeRecord } from './lexeme-record.js';
import { TooDeep } from './plain-data.js';
import { reviverOf, type Reviver } from './revive.js';
import { needsSerializing } from './serializing.js';
import { upcast } from './versions.js';

/** A lexeme whose rules are class-validator's. */
export class ClassLexeme<T extends object> implements CompiledLexeme<T> {
  readonly name: string;
  readonly label: string | undefined;
  readonly version: number;
  readonly durable: boolean;
  private readonly record: LexemeRecord | undefined;
  private readonly strict: boolean;
  private readonly shape: ClassShape;
  private readonly checker: Checker;
  private readonly reviver: Reviver | undefined;
  private readonly serializing: boolean;

  /** @throws Error when the class has no rules, asynchronous ones, or cannot be made without arguments */
  constructor(readonly type: Class<T>) {
    this.name = type.name;
    this.record = lexemeRecord.read(type);
    this.label = this.record?.label;
    this.version = this.record?.version ?? 1;
    this.durable = this.record?.durable ?? false;
    this.strict = this.record?.strict ?? false;
    if (!hasRules(type)) {
      throw new Error(
        `${type.name} cannot be a lexeme: it has no rules, so every key would be dropped. Put class-validator's decorators on its fields (@Allow() takes anything), or extend AtomLexeme`,
      );
    }
    this.shape = shapeOf(type);
    this.checker = checkerOf(type);
    const reviver = reviverOf(type, this.strict ? 'strict' : 'strip');
    this.reviver = reviver.compiled ? reviver : undefined;
    this.serializing = needsSerializing(type);
  }

  parse(data: unknown, version: number = this.version): T {
    this.assertObject(data);
    if (version !== this.version) {
      data = this.guarded(() => upcast(this.name, this.record, data as object, version));
      this.assertObject(data);
    }
    const prototype: unknown = Object.getPrototypeOf(data);
    const isInstance = prototype === this.type.prototype;
    return (this.parseFast(data, isInstance, prototype === Object.prototype) ??
      this.parseSlowly(data, isInstance)) as T;
  }

  serialize(instance: T): unknown {
    return this.serializing ? instanceToPlain(instance) : instance;
  }

  jsonSchema(): Record<string, unknown> {
    return classSchema(this.type, this.strict);
  }

  private assertObject(data: unknown): asserts data is object {
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return;
    throw invalid(this.name, [{ path: '', rule: 'isObject', message: 'it must be an object' }]);
  }

  /** Undefined when class-validator must have a look. */
  private parseFast(data: object, isInstance: boolean, isObject: boolean): object | undefined {
    try {
      if (isInstance && this.checker.check(data, true)) return data;
      if (!this.reviver) return undefined;
      const instance = this.reviver.revive(isObject ? data : { ...data }, 1);
      return this.checker.check(instance, false) ? instance : undefined;
    } catch (error) {
      if (error instanceof AsynchronousRule) throw error;
      if (error instanceof TooDeep) throw this.tooDeep(error);
      return undefined; // doubt, or a rule that threw: it throws again in the slow way and is told there
    }
  }

  private parseSlowly(data: object, isInstance: boolean): object {
    const { instance, errors } = this.guarded(() => this.verdict(data, isInstance));
    if (errors.length > 0) throw invalid(this.name, fieldErrors(errors));
    return instance;
  }

  private verdict(data: object, isInstance: boolean): Verdict {
    if (isInstance && !this.reviver) {
      // Transformed already: transforming it again would change it.
      const copy = Object.create(this.type.prototype as object) as Record<string, unknown>;
      for (const key of Object.keys(data)) {
        if (this.shape.rules.has(key)) copy[key] = (data as Record<string, unknown>)[key];
      }
      return validateInstance(copy, this.strict);
    }
    return reviveAndValidate(this.type, data, this.strict);
  }

  /** Runs what may throw because of the data: a deep message, a user's rule or transformation that trips over it. */
  private guarded<R>(run: () => R): R {
    try {
      return run();
    } catch (error) {
      if (AtomError.is(error) || error instanceof AsynchronousRule) throw error;
      if (error instanceof TooDeep) throw this.tooDeep(error);
      const message = 'it could not be checked: a rule or transformation failed on it';
      throw invalid(this.name, [{ path: '', rule: 'check', message }], error);
    }
  }

  private tooDeep({ message }: TooDeep): AtomError {
    return invalid(this.name, [{ path: '', rule: 'depth', message: `it is ${message}` }]);
  }
}
