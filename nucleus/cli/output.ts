import { stripVTControlCharacters, styleText } from 'node:util';
import { Failure } from './exit-codes.js';

/** What `styleText` knows: `red`, `bold`, `dim` and so on. */
export type Style = Parameters<typeof styleText>[0];

/** Whether a stream gets colour: a terminal, unless `NO_COLOR` says no. */
export function hasColour(stream: NodeJS.WriteStream = process.stdout): boolean {
  return stream.isTTY && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}

/** `text` in a style, where standard output (or `stream`) shows colour; else as it is. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  // Node would look at standard output for every stream, and take an empty NO_COLOR for one that says no.
  return hasColour(stream) ? styleText(style, text, { validateStream: false }) : text;
}

/**
 * Text from elsewhere, safe to show: control characters, with which a terminal could be driven, are written
 * as `\u001b` and the like. Line breaks stay.
 */
export function harmless(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Columns that `text` takes, colour not counted. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** A value as JSON to read: indented on a terminal, one line where another program reads it. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, undefined, process.stdout.isTTY ? 2 : undefined);
  // C1 control characters are the only ones that JSON leaves as they are.
  return harmless(text ?? 'null');
}

/** One line, or several, to standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A remark for people, to standard error: never part of what a command prints. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints `value` as JSON where `--json` asks for it, else as the text that `table` makes of it. */
export function print<T>(
  value: T,
  how: { readonly json?: boolean; readonly table: (value: T) => string },
): void {
  say(how.json === true ? json(value) : how.table(value));
}

/**
 * Ends the command: `message` says what is wrong, `mend` how to go on (may be empty).
 * @throws Failure, which `run` prints to standard error and ends with `exitCode` (see `EXIT`)
 */
export function fail(message: string, mend: string, exitCode: number): never {
  throw new Failure(message, mend, exitCode);
}
