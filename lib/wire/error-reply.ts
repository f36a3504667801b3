import { AtomError, type Outcome } from '../errors.js';
import { encodeEnvelope } from './codec.js';
import type { ErrorReply } from './envelope.js';
import { sanitize } from './sanitize.js';
import { MAX_ERROR_TEXT } from './validate.js';

/** Field errors and other lists in details are cut to this many entries. */
const MAX_DETAILS = 20;
/** Encoded details larger than this are left out. */
const MAX_DETAILS_TEXT = 64 * 1024;

/** The ERROR that answers call `id`. Details that JSON cannot carry are left out rather than losing the error. */
export function encodeError(id: number, error: AtomError, outcome: Outcome): string {
  const reply: ErrorReply = {
    t: 'err',
    i: id,
    c: error.code,
    o: outcome,
    m: error.message.slice(0, MAX_ERROR_TEXT),
    ...(error.retryable === new AtomError(error.code, '').retryable ? {} : { r: error.retryable }),
  };
  if (error.details === undefined) return encodeEnvelope(reply);
  const x: unknown = Array.isArray(error.details) ? error.details.slice(0, MAX_DETAILS) : error.details;
  try {
    const encoded = encodeEnvelope({ ...reply, x });
    if (encoded.length <= MAX_DETAILS_TEXT) return encoded;
  } catch {
    // Falls through: an error without its details is better than none.
  }
  return encodeEnvelope(reply);
}

/** The error in an ERROR, as the caller gets it. */
export function decodeError(
  reply: ErrorReply,
  where: { readonly service: string; readonly operation: string; readonly instance: string },
): AtomError {
  return new AtomError(reply.c, reply.m, {
    outcome: reply.o,
    details: sanitize(reply.x) ? reply.x : undefined,
    ...(reply.r === undefined ? {} : { retryable: reply.r }),
    ...where,
  });
}
