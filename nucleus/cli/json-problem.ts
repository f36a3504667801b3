/** Where a text stops being JSON, and what should stand there. */
export interface JsonProblem {
  /** Of the first character that is wrong; the text's length when it ends too early. */
  readonly offset: number;
  readonly expected: string;
}

/**
 * Finds the place of the mistake, which `JSON.parse` does not always tell. Undefined when the text is JSON.
 */
export function jsonProblem(text: string): JsonProblem | undefined {
  try {
    const end = skip(text, value(text, skip(text, 0)));
    if (end < text.length) throw new Mistake(end, 'the end: something stands behind the value');
    return undefined;
  } catch (error) {
    if (error instanceof Mistake) return { offset: error.offset, expected: error.expected };
    // Nested deeper than the stack is: JSON.parse fails in the same way.
    return { offset: 0, expected: 'fewer levels' };
  }
}

/** The line of the mistake with a mark below it, and its place in words. */
export function showProblem(text: string, { offset, expected }: JsonProblem): string {
  const before = text.slice(0, offset);
  const row = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const line = text.split('\n')[row - 1] ?? '';
  const start = Math.max(0, column - 1 - CONTEXT);
  const shown = line.slice(start, start + 2 * CONTEXT).replace(/\t/g, ' ');
  const place = row === 1 ? `at character ${column}` : `in line ${row}, at character ${column}`;
  return `${place} should stand ${expected}:\n  ${shown}\n  ${' '.repeat(column - 1 - start)}^`;
}

/** Characters shown before and behind the mistake. */
const CONTEXT = 36;

class Mistake extends Error {
  constructor(
    readonly offset: number,
    readonly expected: string,
  ) {
    super(expected);
  }
}

function skip(text: string, at: number): number {
  while (/[ \t\n\r]/.test(text.charAt(at))) at++;
  return at;
}

/** Each of these takes the place where something begins and gives the place behind it. */
function value(text: string, at: number): number {
  const first = text.charAt(at);
  if (first === '{') return list(text, at, '}', member);
  if (first === '[') return list(text, at, ']', value);
  if (first === '"') return string(text, at);
  LITERAL.lastIndex = at;
  const literal = LITERAL.exec(text);
  if (literal !== null) return at + literal[0].length;
  if (first === "'") throw new Mistake(at, 'a double quote (")');
  throw new Mistake(at, 'a value');
}

const LITERAL = /true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

function list(text: string, at: number, end: string, item: (text: string, at: number) => number): number {
  at = skip(text, at + 1);
  if (text.charAt(at) === end) return at + 1;
  for (;;) {
    at = skip(text, item(text, at));
    if (text.charAt(at) === end) return at + 1;
    if (text.charAt(at) !== ',') throw new Mistake(at, `',' or '${end}'`);
    at = skip(text, at + 1);
  }
}

function member(text: string, at: number): number {
  if (text.charAt(at) !== '"') throw new Mistake(at, 'a key in double quotes');
  at = skip(text, string(text, at));
  if (text.charAt(at) !== ':') throw new Mistake(at, "':'");
  return value(text, skip(text, at + 1));
}

function string(text: string, at: number): number {
  const start = at;
  for (at++; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character < ' ') throw new Mistake(at, 'the closing quote; a line break in a string is written \\n');
    if (character !== '\\') continue;
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(text);
    if (escape === null) throw new Mistake(at, 'an escape that JSON has: \\n, \\t, \\", \\\\ or \\u0000');
    at += escape[0].length - 1;
  }
  throw new Mistake(at, `the closing quote of the string that begins at character ${start + 1}`);
}

const ESCAPE = /\\(["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
