import type { Class } from '../metadata/class.js';

/** A lexeme class, compiled: how its messages are checked, revived and described. */
export interface CompiledLexeme<T extends object = object> {
  readonly type: Class<T>;
  /** The label given by `@Lexeme`, which is its topic; undefined when it has none. */
  readonly label: string | undefined;
  /** The name for people: the class's. */
  readonly name: string;
  /** 1 unless `@Lexeme` says more. */
  readonly version: number;
  readonly durable: boolean;
  /**
   * Checks `data` as it came off the wire (or as a user made it) and gives an instance of the class.
   * `version` is the sender's: an older one is brought up to date first, a newer one refused.
   * @throws AtomError `INVALID_ARGUMENT`, details: `FieldError[]` (at most 20)
   */
  parse(data: unknown, version?: number): T;
  /** What `JSON.stringify` should see for an instance (class-transformer's rules applied). The instance itself where it has none. */
  serialize(instance: T): unknown;
  /** JSON Schema, draft 2020-12. */
  jsonSchema(): Record<string, unknown>;
}
