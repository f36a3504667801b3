import { InvalidArgumentError, type Command } from 'commander';
import type { AtomOptions } from '../../lib/application/options.js';

/** What may be given to every command; in an action: `command.optsWithGlobals<GlobalOptions>()`. */
export interface GlobalOptions {
  readonly env?: string;
  readonly redis?: string;
  readonly nucleus?: string;
  readonly seeds?: string;
  readonly multicast?: string;
  readonly json?: boolean;
  readonly timeout?: number;
  readonly debug?: boolean;
}

/** Declares them. They are taken before and behind the command's name, so no command declares one of its own. */
export function addGlobalOptions(program: Command): void {
  program
    .optionsGroup(
      'Which mesh (each as in the library; the variable in brackets does the same, and the option wins over it; a nucleus\n' +
        'of this machine is asked unless one of the last four or ATOM_NUCLEUS names something else):',
    )
    .option('--env <name>', "its environment [ATOM_ENV, else 'default']")
    .option('--redis <url>', 'a Redis registry [ATOM_REDIS_URL]')
    .option('--nucleus <endpoints>', "'off', or registries of nuclei, tcp://host:7993 [ATOM_NUCLEUS]")
    .option('--seeds <endpoints>', 'instances to ask, tcp://host:port, with commas [ATOM_SEEDS]')
    .option('--multicast <where>', "'off', or group:port [ATOM_MULTICAST]")
    .optionsGroup('For every command:')
    .option('--json', 'print data as JSON, for other programs')
    .option('--timeout <ms>', 'how long to wait, in milliseconds', milliseconds)
    .option('-d, --debug', 'tell on standard error what discovery sees');
}

/** What the library is started with: it reads the `ATOM_*` variables itself for what is not given. */
export function atomOptions(options: GlobalOptions): AtomOptions {
  const { env, redis, nucleus, seeds, multicast } = options;
  return {
    ...(env === undefined ? {} : { environment: env }),
    discovery: {
      ...(redis === undefined ? {} : { redis }),
      ...(nucleus === undefined ? {} : { nucleus: list(nucleus) }),
      ...(multicast === undefined ? {} : { multicast }),
      ...(seeds === undefined ? {} : { seeds: list(seeds) }),
    },
  };
}

/** A whole number of at least `least`, for an option's or an argument's parser. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number, ${least} or more.`);
  };
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 2 ** 31) return value;
  throw new InvalidArgumentError('Give milliseconds, such as 5000.');
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The environment that is looked at, as the library finds it. */
export function environmentOf({ env }: GlobalOptions): string {
  return env ?? (process.env.ATOM_ENV || 'default');
}
