import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ActionAnswer } from '../http-api.js';

type Failure = Extract<ActionAnswer, { ok: false }>['error'];

/** Something that the one who asked did wrong, or that is not to be had: with its status and its mend. */
export class Refusal extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    message: string,
    readonly mend: string,
  ) {
    super(message);
  }
}

/** Answers with a failure, in the shape of {@link ActionAnswer}. */
export function refuse(context: Context, refusal: Refusal, ms = 0): Response {
  const { status, code, message, mend } = refusal;
  return failed(context, status, { code, message, mend }, ms);
}

/** Answers with what a request or an event failed with: an error that has a code, as it is; anything else as `INTERNAL`. */
export function failedWith(context: Context, thrown: unknown, ms: number): Response {
  if (thrown instanceof Refusal) return refuse(context, thrown, ms);
  if (!isCoded(thrown)) return failed(context, 500, INTERNAL, ms);
  const { code, message } = thrown;
  const { outcome, details } = thrown as { outcome?: unknown; details?: unknown };
  const error = {
    code,
    message,
    ...(typeof outcome === 'string' && { outcome }),
    ...(details !== undefined && { details }),
  };
  return failed(context, STATUS[code] ?? 500, error, ms);
}

function failed(context: Context, status: ContentfulStatusCode, error: Failure, ms: number): Response {
  return context.json({ ok: false, error, ms } satisfies ActionAnswer, status);
}

/** An error of the framework's, known by its shape: the daemon does not import the framework. */
function isCoded(thrown: unknown): thrown is Error & { code: string } {
  return (
    thrown instanceof Error &&
    thrown.name === 'AtomError' &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    Object.hasOwn(STATUS, thrown.code)
  );
}

/** 401 and 403 are the nucleus's own: what a service says of its caller must not pass for a wrong token. */
const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 400,
  PERMISSION_DENIED: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 400,
  FAILED_PRECONDITION: 400,
  ABORTED: 400,
  CANCELLED: 503,
  DEADLINE_EXCEEDED: 504,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 404,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

const INTERNAL: Failure = {
  code: 'INTERNAL',
  message: 'Internal error',
  mend: "See the nucleus's log",
};
