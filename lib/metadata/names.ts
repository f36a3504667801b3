/** Longest name of a service, an operation or a topic, in characters. */
export const MAX_NAME_LENGTH = 255;

const SERVICE = /^@[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/;
const OPERATION = /^[A-Za-z0-9_.-]+$/;
const WORD = /^[A-Za-z0-9_-]+$/;
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
const SEPARATOR = /\|\|\||:::/;

/** What is wrong with the name of a service; undefined when it is good. */
export function serviceNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `a service's name is a string, not ${show(name)}`;
  if (name.length > MAX_NAME_LENGTH) return tooLong(name);
  if (SERVICE.test(name)) return undefined;
  return `bad service name ${show(name)}: write '@namespace/name' with letters, digits, '-', '_' and '.'`;
}

/** What is wrong with a version; undefined when it is a semantic version. */
export function versionProblem(version: unknown): string | undefined {
  if (typeof version === 'string' && VERSION.test(version)) return undefined;
  return `bad version ${show(version)}: write a semantic version such as '1.2.0'`;
}

/** What is wrong with the name of an operation; undefined when it is good. */
export function operationNameProblem(name: unknown): string | undefined {
  if (typeof name !== 'string') return `an operation's name is a string, not ${show(name)}`;
  if (name.length > MAX_NAME_LENGTH) return tooLong(name);
  const reserved = reservedNameProblem(name);
  if (reserved !== undefined) return reserved;
  if (OPERATION.test(name)) return undefined;
  return `bad operation name ${show(name)}: use letters, digits, '-', '_' and '.'`;
}

/** What speaks against a name that is the framework's own: `$…`, and `then`, which would make a remote a promise. */
export function reservedNameProblem(name: string): string | undefined {
  if (name.startsWith('$'))
    return `the name '${name}' is reserved: names with '$' in front are the framework's`;
  if (name === 'then') return "the name 'then' is reserved: a remote that has it would pass for a promise";
  return undefined;
}

/** What is wrong with a topic that is published; undefined when it is good. */
export function topicProblem(topic: unknown): string | undefined {
  const problem = patternProblem(topic);
  if (problem !== undefined || !isPattern(topic as string)) return problem;
  return `bad topic ${show(topic)}: '*' and '>' are for listeners; publish to an exact topic such as 'order.placed'`;
}

/** What is wrong with a topic or pattern that is listened to; undefined when it is good. */
export function patternProblem(pattern: unknown): string | undefined {
  if (typeof pattern !== 'string') return `a topic is a string, not ${show(pattern)}`;
  if (pattern.length > MAX_NAME_LENGTH) return tooLong(pattern);
  if (pattern.startsWith('$')) return reservedNameProblem(pattern);
  const words = pattern.split('.');
  const last = words.length - 1;
  if (words.slice(0, last).includes('>')) {
    return `bad pattern ${show(pattern)}: '>' stands for the rest, so it can only be the last word`;
  }
  if (words.every((word, index) => word === '*' || (word === '>' && index === last) || WORD.test(word))) {
    return undefined;
  }
  return (
    `bad topic ${show(pattern)}: write words of letters, digits, '-' and '_' with dots between, ` +
    "such as 'order.placed'; '*' stands for one word and '>' at the end for the rest"
  );
}

/** True for a pattern, false for an exact topic. */
export function isPattern(topic: string): boolean {
  return topic.split('.').some((word) => word === '*' || word === '>');
}

/** A topic, and the service that goes with it where the target names one. */
export interface Target {
  readonly service: string | undefined;
  readonly topic: string;
}

/** Takes `@namespace/name|||topic` (or `:::`) apart; a target without a service is a topic. Neither part is checked. */
export function parseTarget(target: string): Target {
  const separator = SEPARATOR.exec(target);
  if (separator === null) return { service: undefined, topic: target };
  return {
    service: target.slice(0, separator.index),
    topic: target.slice(separator.index + separator[0].length),
  };
}

/** A value as a message shows it: short, strings in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : value.name;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

function tooLong(name: string): string {
  return `the name ${show(name)} has ${name.length} characters; ${MAX_NAME_LENGTH} is the most`;
}

/** What is wrong with the limits of a handler or a service. */
export function limitProblem({
  concurrency,
  timeout,
}: {
  readonly concurrency?: unknown;
  readonly timeout?: unknown;
}): string | undefined {
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && (concurrency as number) >= 1)) {
    return `concurrency is a whole number from 1, not ${show(concurrency)}`;
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0 && timeout <= MAX_TIMEOUT)) {
    return `timeout is milliseconds, more than 0 and at most ${MAX_TIMEOUT}, not ${show(timeout)}`;
  }
  return undefined;
}

/** What a timer can wait, ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;
