import { parseTarget, serviceNameProblem } from '../../lib/metadata/names.js';
import { EXIT } from './exit-codes.js';
import { fail } from './output.js';

/** A service and what of it is meant, with the rest of the arguments. */
export interface CallTarget {
  readonly service: string;
  readonly what: string;
  /** The argument behind it. */
  readonly rest: string | undefined;
}

/**
 * Reads `<service> <what> [rest]`, or `<service>:::<what> [rest]` (`|||` will do as well).
 * @throws Failure for a bad service name, or when `noun` (`operation`, `topic`) is missing
 */
export function readTarget(args: readonly (string | undefined)[], noun: string): CallTarget {
  const [first = '', second, third] = args;
  const { service, topic } = parseTarget(first);
  const name = service ?? first;
  const problem = serviceNameProblem(name);
  if (problem !== undefined) fail(problem, '`atom ps` lists the services that there are.', EXIT.USAGE);
  if (service !== undefined) {
    if (third !== undefined)
      fail(`'${third}' is one argument too many`, 'Put quotes around the message.', EXIT.USAGE);
    return { service, what: topic, rest: second };
  }
  if (second === undefined) {
    fail(`the ${noun} is missing`, `\`atom inspect ${name}\` lists what the service has.`, EXIT.USAGE);
  }
  return { service: name, what: second, rest: third };
}
