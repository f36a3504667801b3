import type { Random } from '../../nucleus/clock.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { AtomError } from '../errors.js';
import type { ErrorReply } from '../wire/envelope.js';
import type { Call } from './call.js';

/** Retries of a call that says nothing else: three attempts that are sent. */
export const DEFAULT_RETRIES = 2;
/** Waits before the retries after the first are random, up to these: doubled from the first to the last, ms. */
const FIRST_WAIT = 50;
const LAST_WAIT = 1000;

/** The server did not run it, and another instance may. */
export function isTurnedAway({ o, c }: ErrorReply): boolean {
  return o === 'REJECTED' && (c === 'UNAVAILABLE' || c === 'RESOURCE_EXHAUSTED');
}

/**
 * Whether a call that ended with `error` on the instance of `record` may be tried again, as far as its outcome goes:
 * one that was turned away may; one that may have run only where a repeat does no harm.
 */
export function isRepeatable(call: Call, { outcome, retryable }: AtomError, record: InstanceRecord): boolean {
  if (outcome === 'REJECTED') return true;
  if (outcome === 'UNKNOWN' && call.options.idempotencyKey !== undefined) return true;
  return (outcome === 'UNKNOWN' || retryable) && isIdempotent(call, record);
}

/** The call says that it may be run twice, or else its operation says so in the instance's record. */
export function isIdempotent({ kind, service, what, options }: Call, record: InstanceRecord): boolean {
  if (options.idempotent !== undefined) return options.idempotent;
  if (kind !== 'req') return false;
  const operation = record.services
    .find(({ name }) => name === service)
    ?.operations.find(({ name, method }) => name === what || method === what);
  return operation?.idempotent === true;
}

/**
 * How long to wait before the retry after `retries` retries, ms.
 * (Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
 */
export function backoff(retries: number, random: Random): number {
  return random() * Math.min(LAST_WAIT, FIRST_WAIT * 2 ** retries);
}

/** What is said of a call when its connection is lost. */
export function lostError({ service, what }: Call, instance: string): AtomError {
  const message = `The connection to '${service}' (instance ${instance}) was lost before '${what}' was answered`;
  return new AtomError('UNAVAILABLE', message, { outcome: 'UNKNOWN', service, operation: what, instance });
}
