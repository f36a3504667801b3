import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Says what is wrong with a command line and ends the process with 2: a check must not pass because it checked nothing. */
export function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

/** `parseArgs` of the own command line; refuses what it does not know. */
export function commandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** The whole number that an option was given. */
export function countOf(option: string, text: string, least = 1): number {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  return refuse(`${option} is '${text}'; give a whole number from ${least} on`);
}
