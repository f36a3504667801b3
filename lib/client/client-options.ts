import { AtomError } from '../errors.js';
import { hint } from '../metadata/closest.js';
import type { MessageType } from '../metadata/definitions.js';
import type { Headers } from '../runtime/context.js';

/** How one request is made. */
export interface RequestOptions {
  /** Deadline, ms from now. Default: the application's `requestTimeout`; never more than the caller's own deadline leaves. */
  readonly timeout?: number;
  /** Gives the request up when it fires; the handler's abort signal fires too. */
  readonly signal?: AbortSignal;
  /** Id of the one instance to ask. */
  readonly instance?: string;
  /** Revives and checks the result; without it the result is plain JSON. */
  readonly returns?: MessageType;
  /** Names are taken in lower case. */
  readonly headers?: Headers;
}

export type SignalOptions = Pick<RequestOptions, 'timeout' | 'signal' | 'instance' | 'headers'>;

export interface PublishOptions extends Pick<RequestOptions, 'headers'> {
  /** Keeps the event in Redis until each service that asks for it durably has handled it. Default: as the `@Lexeme` says. */
  readonly durable?: boolean;
  /** Durable events of one key are handled one after another by each service, in the order in which they were published. */
  readonly key?: string;
  /** How long a durable event may wait for Redis, ms. Default: the application's `requestTimeout`. */
  readonly timeout?: number;
}

export interface SubscribeOptions {
  /** What the events are checked against and revived to; default: anything. */
  readonly accepts?: MessageType;
  /** Events of one publisher and topic that are handled at a time. Default 1, which keeps their order. */
  readonly concurrency?: number;
}

/** Longest timeout, ms: what a timer can wait. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Longest key, in characters. */
const MAX_KEY = 1024;

const KNOWN: readonly (keyof RequestOptions)[] = ['timeout', 'signal', 'instance', 'returns', 'headers'];

/** @throws AtomError `INVALID_ARGUMENT` for an option that does not exist or has a value of no use */
export function checkRequestOptions(options: RequestOptions): void {
  checkKeys('request', options, KNOWN);
  const { timeout } = options;
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && timeout <= MAX_TIMEOUT)) {
    throw new AtomError(
      'INVALID_ARGUMENT',
      `Request option 'timeout' is ${String(timeout)}; give milliseconds, at most ${MAX_TIMEOUT}`,
      { outcome: 'NOT_SENT' },
    );
  }
}

/** @throws AtomError `INVALID_ARGUMENT` for an option that does not exist or has a value of no use */
export function checkPublishOptions(options: PublishOptions): void {
  checkKeys('publish', options, ['headers', 'durable', 'key', 'timeout']);
  const { durable, key, timeout } = options;
  const wrong = (what: string): AtomError =>
    new AtomError('INVALID_ARGUMENT', `Publish option ${what}`, { outcome: 'NOT_SENT' });
  if (durable !== undefined && typeof durable !== 'boolean') throw wrong("'durable' is true or false");
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > MAX_KEY)) {
    throw wrong(`'key' is a text of 1 to ${MAX_KEY} characters`);
  }
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && timeout <= MAX_TIMEOUT)) {
    throw wrong(`'timeout' is ${String(timeout)}; give milliseconds, at most ${MAX_TIMEOUT}`);
  }
}

function checkKeys(kind: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new AtomError('INVALID_ARGUMENT', `Unknown ${kind} option '${key}'${hint(key, known)}`, {
      outcome: 'NOT_SENT',
    });
  }
}

/** Headers with lower-case names; undefined for none. What they may hold is checked when they are sent. */
export function normalizeHeaders(headers: Headers | undefined): Headers | undefined {
  if (headers === undefined) return undefined;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
