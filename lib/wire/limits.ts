import { AtomError } from '../errors.js';
import { MAX_HEADERS, MAX_NAME } from './validate.js';

/** Names and values of the headers of one message, in characters. */
export const MAX_HEADERS_TEXT = 16 * 1024;

/** Whether `text` has more than `limit` bytes as UTF-8. */
export function isLongerThan(text: string, limit: number): boolean {
  // A UTF-16 unit takes at most three bytes: most texts need not be counted.
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}

/**
 * Refuses headers that no receiver would take: a malformed envelope costs its whole batch.
 * @throws AtomError `INVALID_ARGUMENT`
 */
export function checkHeaders(headers: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(headers);
  if (names.length > MAX_HEADERS) throw wrong(`${names.length} headers; ${MAX_HEADERS} is the most`);
  let size = 0;
  for (const name of names) {
    const value = headers[name];
    if (name === '__proto__') throw wrong(`Header '${name}' is not allowed`);
    if (typeof value !== 'string') throw wrong(`Header '${name}' is not text`);
    size += name.length + value.length;
  }
  if (size > MAX_HEADERS_TEXT) {
    throw wrong(`The headers have ${size} characters; ${MAX_HEADERS_TEXT} is the most`);
  }
}

/** Refuses the name of an operation that no receiver would take. @throws AtomError `INVALID_ARGUMENT` */
export function checkOperation(operation: unknown): void {
  if (typeof operation === 'string' && operation !== '' && operation.length <= MAX_NAME) return;
  const what = typeof operation === 'string' ? `${operation.length}` : typeof operation;
  throw wrong(`An operation's name is a text of 1 to ${MAX_NAME} characters, not ${what}`);
}

function wrong(message: string): AtomError {
  return new AtomError('INVALID_ARGUMENT', message, { outcome: 'NOT_SENT' });
}
