import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { EXIT } from './exit-codes.js';
import { jsonProblem, showProblem } from './json-problem.js';
import { fail } from './output.js';

/** How every command that sends something describes its message. */
export const MESSAGE_HELP = "the message as JSON; '-' reads it from standard input, '@file' from a file";

/**
 * The message that an argument stands for: JSON, `-` for standard input, `@file` for a file; none without one.
 * @throws Failure that says where the mistake is
 */
export async function readMessage(given: string | undefined): Promise<unknown> {
  if (given === undefined) return undefined;
  if (given === '-') return parseMessage(await readAll(process.stdin), 'standard input');
  if (given.startsWith('@')) return parseMessage(await readFrom(given.slice(1)), given.slice(1));
  return parseMessage(given, 'the message');
}

/** @throws Failure that says where in `where` the mistake is */
export function parseMessage(text: string, where: string): unknown {
  if (text.trim() === '') return undefined;
  const problem = jsonProblem(text);
  if (problem === undefined) return JSON.parse(text) as unknown;
  return fail(
    `${where} is not JSON: ${showProblem(text, problem)}`,
    /'/.test(text) || /^[{[]\w/.test(text)
      ? 'JSON has keys and strings in double quotes; in a shell, put single quotes around it all: \'{"name":"Ada"}\''
      : '',
    EXIT.USAGE,
  );
}

async function readFrom(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    return fail(
      `the message's file cannot be read: ${(error as Error).message}`,
      "'@' in front of an argument names a file; JSON of a string that begins so is written in quotes",
      EXIT.USAGE,
    );
  }
}
