import { AtomError } from '../errors.js';
import type { DeliveryOptions } from '../delivery/call-request.js';
import { hint } from '../metadata/closest.js';
import type { MessageType } from '../metadata/definitions.js';
import type { Headers } from '../runtime/context.js';
import type { GapListener } from '../runtime/gap.js';
import { MAX_EVENT_KEY, MAX_NAME } from '../wire/validate.js';

/** How one request is made; `T` is its result. */
export interface RequestOptions<T = unknown> extends DeliveryOptions {
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
  /**
   * The result, or a function that gives it, where no instance has given one: the call failed as `NOT_SENT`, `REJECTED`
   * or `UNKNOWN`. What a handler threw, a wrong message and a call that was given up are told all the same.
   */
  readonly fallback?: T | ((error: AtomError) => T | Promise<T>);
}

export type SignalOptions = Pick<RequestOptions, 'timeout' | 'signal' | 'instance' | 'headers'>;

export interface PublishOptions extends Pick<RequestOptions, 'headers'> {
  /** Keeps the event in Redis until each service that asks for it durably has handled it. Default: as the `@Lexeme` says. */
  readonly durable?: boolean;
  /**
   * Events of one key are handled in the order in which they were published, one after another: durable ones by each
   * service, live ones of this publisher and topic by each instance, whatever its handler's `concurrency`.
   */
  readonly key?: string;
  /** How long a durable event may wait for Redis, ms. Default: the application's `requestTimeout`. */
  readonly timeout?: number;
}

export interface SubscribeOptions {
  /** What the events are checked against and revived to; default: anything. */
  readonly accepts?: MessageType;
  /** Events of one publisher and topic that are handled at a time, of one `key` always one. Default 1, which keeps their order. */
  readonly concurrency?: number;
  /** Told of events that did not reach this subscription. */
  readonly onGap?: GapListener;
}

/** Longest timeout, ms: what a timer can wait. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Most retries that one call may ask for. */
const MAX_RETRIES = 100;

const KNOWN: readonly (keyof RequestOptions)[] = [
  'timeout',
  'signal',
  'instance',
  'returns',
  'headers',
  'idempotent',
  'retries',
  'key',
  'idempotencyKey',
  'fallback',
];

/** @throws AtomError `INVALID_ARGUMENT` for an option that does not exist or has a value of no use */
export function checkRequestOptions(options: RequestOptions): void {
  checkKeys('request', options, KNOWN);
  const { timeout, retries, idempotent } = options;
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0 && timeout <= MAX_TIMEOUT)) {
    throw wrong('timeout', timeout, `milliseconds, at most ${MAX_TIMEOUT}`);
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES)) {
    throw wrong('retries', retries, `a whole number from 0 to ${MAX_RETRIES}`);
  }
  if (idempotent !== undefined && typeof idempotent !== 'boolean') {
    throw wrong('idempotent', idempotent, 'true or false');
  }
  for (const name of ['key', 'idempotencyKey'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value === 'string' && value !== '' && value.length <= MAX_NAME) continue;
    throw wrong(name, value, `a text of 1 to ${MAX_NAME} characters`);
  }
}

function wrong(name: string, value: unknown, wanted: string): AtomError {
  const message = `Request option '${name}' is ${String(value)}; give ${wanted}`;
  return new AtomError('INVALID_ARGUMENT', message, { outcome: 'NOT_SENT' });
}

/** @throws AtomError `INVALID_ARGUMENT` for an option that does not exist or has a value of no use */
export function checkPublishOptions(options: PublishOptions): void {
  checkKeys('publish', options, ['headers', 'durable', 'key', 'timeout']);
  const { durable, key, timeout } = options;
  const wrong = (what: string): AtomError =>
    new AtomError('INVALID_ARGUMENT', `Publish option ${what}`, { outcome: 'NOT_SENT' });
  if (durable !== undefined && typeof durable !== 'boolean') throw wrong("'durable' is true or false");
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > MAX_EVENT_KEY)) {
    throw wrong(`'key' is a text of 1 to ${MAX_EVENT_KEY} characters`);
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
