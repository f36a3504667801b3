import { AtomError } from '../errors.js';
import type { MessageCheck } from '../metadata/definitions.js';
import { MAX_DEPTH, sanitize } from '../wire/sanitize.js';

/**
 * Checks a message and revives it, as its handler declares.
 * @throws AtomError `INVALID_ARGUMENT`
 */
export function checkMessage(check: MessageCheck, data: unknown, version: number | undefined): unknown {
  switch (check.kind) {
    case 'lexeme':
      return check.lexeme.parse(data, version);
    case 'none':
      return undefined;
    case 'any':
      return sanitized(data);
    default:
      if (typeof data === check.type) return data;
      throw new AtomError(
        'INVALID_ARGUMENT',
        `Invalid message: expected a ${check.type}, got ${typeName(data)}`,
      );
  }
}

/** Parsed JSON that no lexeme describes, without the keys that reach a prototype. */
function sanitized(data: unknown): unknown {
  if (sanitize(data)) return data;
  throw new AtomError('INVALID_ARGUMENT', `Invalid message: nested deeper than ${MAX_DEPTH}`);
}

/** Checks what is about to be sent and gives what `JSON.stringify` should see. */
export function serializeMessage(check: MessageCheck, value: unknown): unknown {
  if (check.kind !== 'lexeme') return check.kind === 'any' ? value : checkMessage(check, value, 1);
  const { lexeme } = check;
  return lexeme.serialize(lexeme.parse(value));
}

/**
 * The version that travels with a message of a lexeme. Undefined for plain data and for classes without `@Lexeme`:
 * they claim none, and are taken to be of the version that the receiver knows.
 */
export function versionOf(check: MessageCheck): number | undefined {
  return check.kind === 'lexeme' && check.lexeme.label !== undefined ? check.lexeme.version : undefined;
}

function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
