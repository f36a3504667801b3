import type { Class } from '../metadata/definitions.js';
import { AtomLexeme } from './atom-lexeme.js';
import { ClassLexeme } from './class-lexeme.js';
import { hasRules } from './class-shape.js';
import { ExampleLexeme, isExampleLexeme } from './example-lexeme.js';
import type { CompiledLexeme } from './lexeme.js';

const compiled = new WeakMap<Class, CompiledLexeme>();

/**
 * Compiles a lexeme class, once: later calls give the same object, so rules added to the class afterwards are not
 * seen.
 *
 * A key that a message lacks, or that is undefined, keeps what the class gives it; null is a value and replaces it.
 * A field of the class without a rule is never filled from a message and keeps the class's value. `strict` of the
 * class that is parsed governs the nested ones. Asynchronous rules are a mistake: a message is checked at once.
 * @throws Error, naming the class and the mend, for a class that no message can be checked against
 */
export function compileLexeme<T extends object>(type: Class<T>): CompiledLexeme<T> {
  let lexeme = compiled.get(type);
  if (!lexeme) {
    const isExample = type.prototype instanceof AtomLexeme;
    lexeme = isExample ? new ExampleLexeme(type) : new ClassLexeme(type);
    compiled.set(type, lexeme);
  }
  return lexeme as CompiledLexeme<T>;
}

/** True for a class with rules: of class-validator, inherited ones included, or an `AtomLexeme` with a schema. */
export function isLexemeType(type: unknown): type is Class {
  if (typeof type !== 'function' || typeof type.prototype !== 'object' || type.prototype === null)
    return false;
  return isExampleLexeme(type as Class) || hasRules(type as Class);
}
