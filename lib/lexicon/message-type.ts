import { AtomError } from '../errors.js';
import type { Class, MessageCheck, MessageType } from '../metadata/definitions.js';
import { compileLexeme, isLexemeType } from './compile.js';
import type { CompiledLexeme } from './lexeme.js';

/** Takes anything. */
export const ANY: MessageCheck = { kind: 'any' };
const PRIMITIVES = new Map<unknown, MessageCheck>([
  [String, { kind: 'primitive', type: 'string' }],
  [Number, { kind: 'primitive', type: 'number' }],
  [Boolean, { kind: 'primitive', type: 'boolean' }],
]);

/** The check of a declared type; anything goes where none is declared. @throws AtomError `INVALID_ARGUMENT` for a class without rules */
export function checkOf(type: MessageType | undefined): MessageCheck {
  if (type === undefined || type === 'any') return ANY;
  const primitive = PRIMITIVES.get(type);
  if (primitive !== undefined) return primitive;
  if (isLexemeType(type)) return { kind: 'lexeme', lexeme: compileLexeme(type) };
  throw new AtomError(
    'INVALID_ARGUMENT',
    `${(type as Class).name} has no validation rules, so every key would be dropped; add rules of class-validator, or say 'any'`,
  );
}

/** The lexeme that `value` is an instance of; undefined for plain data. */
export function lexemeOf(value: unknown): CompiledLexeme | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const type: unknown = (value as { constructor?: unknown }).constructor;
  if (type === Object || type === Array) return undefined;
  return isLexemeType(type) && value instanceof type ? compileLexeme(type) : undefined;
}
