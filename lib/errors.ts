/**
 * The closed list of codes: gRPC's status codes, less those without use here.
 * (https://grpc.io/docs/guides/status-codes/)
 */
export const ATOM_CODES = {
  INVALID_ARGUMENT: 'The message or an argument is wrong; the same call would fail again.',
  UNAUTHENTICATED: 'The caller did not say who it is.',
  PERMISSION_DENIED: 'The caller may not do this.',
  NOT_FOUND: 'The thing asked for does not exist.',
  ALREADY_EXISTS: 'The thing to be made exists.',
  FAILED_PRECONDITION: 'The state does not allow the call; mend the state first.',
  ABORTED: 'Another call got in between; the whole may be tried again.',
  CANCELLED: 'The caller gave up.',
  DEADLINE_EXCEEDED: 'No answer in time.',
  RESOURCE_EXHAUSTED: 'A limit was reached: in flight, bytes, concurrency.',
  UNIMPLEMENTED: 'The service has no such operation.',
  UNAVAILABLE: 'Nobody offers the service, or the connection to it was lost.',
  INTERNAL: 'The handler threw something that is not an AtomError; what, is in the log of the server.',
} as const;

export type AtomCode = keyof typeof ATOM_CODES;

/**
 * What became of a request that failed.
 * `NOT_SENT`: it never left. `REJECTED`: the server says that it did not run it. `UNKNOWN`: sent, and then
 * the connection or the time was lost: it may have run. `FAILED`: the handler ran, or middleware around it, and threw.
 */
export type Outcome = 'NOT_SENT' | 'REJECTED' | 'UNKNOWN' | 'FAILED';

/** One wrong field of a message. The value itself is never echoed. */
export interface FieldError {
  /** Such as `items.0.sku`; empty for the message as a whole. */
  readonly path: string;
  /** The rule's name, such as `isUUID`. */
  readonly rule: string;
  readonly message: string;
}

export interface AtomErrorOptions {
  readonly outcome?: Outcome;
  /** Anything that JSON can carry; for `INVALID_ARGUMENT` a list of {@link FieldError}. */
  readonly details?: unknown;
  /** True when the same call may succeed later. Default: by code (`UNAVAILABLE`, `RESOURCE_EXHAUSTED`, `ABORTED`). */
  readonly retryable?: boolean;
  readonly service?: string;
  readonly operation?: string;
  /** Id of the instance that said so. */
  readonly instance?: string;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<AtomCode> = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED']);

/** The one error of the framework. It crosses the wire as itself. */
export class AtomError extends Error {
  override readonly name = 'AtomError';
  readonly code: AtomCode;
  readonly outcome?: Outcome;
  readonly details?: unknown;
  readonly retryable: boolean;
  readonly service?: string;
  readonly operation?: string;
  readonly instance?: string;

  constructor(code: AtomCode, message: string, options: AtomErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    // What is not known is not there, so that a printed error shows what is.
    const { outcome, details, service, operation, instance } = options;
    if (outcome !== undefined) this.outcome = outcome;
    if (details !== undefined) this.details = details;
    if (service !== undefined) this.service = service;
    if (operation !== undefined) this.operation = operation;
    if (instance !== undefined) this.instance = instance;
  }

  /** The error itself if it is an `AtomError`, of this copy of the package or another; else `INTERNAL` with the thing as its cause. */
  static from(thrown: unknown): AtomError {
    if (AtomError.is(thrown)) return thrown;
    return new AtomError('INTERNAL', 'Internal error', { cause: thrown });
  }

  /** True also for an `AtomError` of a second copy of the package. */
  static is(value: unknown): value is AtomError {
    try {
      return (
        value instanceof Error &&
        value.name === 'AtomError' &&
        typeof value.message === 'string' &&
        'code' in value &&
        typeof value.code === 'string' &&
        Object.hasOwn(ATOM_CODES, value.code)
      );
    } catch {
      // What is thrown may throw itself when it is looked at: a proxy, a getter.
      return false;
    }
  }
}

/** The same error with some of its options others. */
export function amended(error: AtomError, changes: AtomErrorOptions): AtomError {
  const { code, message, outcome, details, retryable, service, operation, instance, cause } = error;
  const options = { outcome, details, retryable, service, operation, instance, cause } as AtomErrorOptions;
  return new AtomError(code, message, { ...options, ...changes });
}

/**
 * A mistake in how the application is put together, found by `AtomFactory.create` before a socket opens.
 * `problems` holds each of them: where, what, and how to mend it.
 */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
  declare readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.length === 1 ? problems[0] : `${problems.length} mistakes:\n- ${problems.join('\n- ')}`);
    // Not enumerable: the message has them already, and Node prints what is enumerable below it.
    Object.defineProperty(this, 'problems', { value: problems });
  }
}
