import { AtomError } from '../errors.js';
import type { Class } from '../metadata/definitions.js';
import { AtomLexeme, schemaOf, type AtomLexemeClass } from './atom-lexeme.js';
import { invalid } from './field-errors.js';
import type { CompiledLexeme } from './lexeme.js';
import { lexemeRecord, type LexemeRecord } from './lexeme-record.js';
import { TooDeep } from './plain-data.js';
import type { ExampleSchema } from './schema-by-example.js';
import { upcast } from './versions.js';

/** A lexeme written as an example: a subclass of `AtomLexeme`. */
export class ExampleLexeme<T extends object> implements CompiledLexeme<T> {
  readonly name: string;
  readonly label: string | undefined;
  readonly version: number;
  readonly durable: boolean;
  private readonly record: LexemeRecord | undefined;
  private readonly schema: ExampleSchema;

  /** @throws Error when the class has no usable schema */
  constructor(readonly type: Class<T>) {
    this.name = type.name;
    this.record = lexemeRecord.read(type);
    this.label = this.record?.label;
    this.version = this.record?.version ?? 1;
    this.durable = this.record?.durable ?? false;
    this.schema = schemaOf(this.lexemeClass);
  }

  parse(data: unknown, version: number = this.version): T {
    let message = data;
    if (version !== this.version && typeof data === 'object' && data !== null) {
      message = this.upcast(data, version);
    }
    if (message instanceof AtomLexeme) {
      if (Object.getPrototypeOf(message) !== this.type.prototype) {
        return this.lexemeClass.inflect(message.get()) as object as T;
      }
      message.update(message.get() as object); // its data may have been changed from outside
      return message as object as T;
    }
    return this.lexemeClass.inflect(message) as object as T;
  }

  serialize(instance: T): unknown {
    return instance instanceof AtomLexeme ? instance.toJSON() : instance;
  }

  jsonSchema(): Record<string, unknown> {
    return {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: this.name,
      ...this.schema.jsonSchema(this.record?.strict ?? false),
    };
  }

  private get lexemeClass(): AtomLexemeClass & typeof AtomLexeme {
    return this.type as unknown as AtomLexemeClass & typeof AtomLexeme;
  }

  private upcast(data: object, version: number): unknown {
    try {
      return upcast(this.name, this.record, data, version);
    } catch (error) {
      if (error instanceof TooDeep) {
        throw invalid(this.name, [{ path: '', rule: 'depth', message: `it is ${error.message}` }]);
      }
      throw AtomError.from(error);
    }
  }
}

/** True for a subclass of `AtomLexeme` with a schema. */
export function isExampleLexeme(type: Class): boolean {
  return type.prototype instanceof AtomLexeme && typeof (type as { schema?: unknown }).schema === 'object';
}
