import type { Class } from '../metadata/definitions.js';
import { ClassLexeme } from './class-lexeme.js';
import { hasRules } from './class-shape.js';
import type { CompiledLexeme } from './lexeme.js';

const compiled = new WeakMap<Class, CompiledLexeme>();

/**
 * Compiles a lexeme class, once: later calls give the same object, so rules added to the class afterwards are not
 * seen.
 * @throws Error, naming the class and the mend, for a class that no message can be checked against
 */
export function compileLexeme<T extends object>(type: Class<T>): CompiledLexeme<T> {
  let lexeme = compiled.get(type);
  if (!lexeme) compiled.set(type, (lexeme = new ClassLexeme(type)));
  return lexeme as CompiledLexeme<T>;
}

/** True for a class with rules: of class-validator, inherited ones included, or an `AtomLexeme` with a schema. */
export function isLexemeType(type: unknown): type is Class {
  return typeof type === 'function' && typeof type.prototype === 'object' && hasRules(type as Class);
}
