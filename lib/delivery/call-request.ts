import type { Headers } from '../runtime/context.js';
import type { Accepted, Response } from '../wire/envelope.js';

/** How a call is delivered. */
export interface DeliveryOptions {
  /**
   * Running it twice does no harm: it is tried on another instance also where it may have run. Default: as the
   * operation says (`@OnRequest({ idempotent: true })`).
   */
  readonly idempotent?: boolean;
  /** Attempts after the first that may be sent. Default 2; all of them within the one deadline. */
  readonly retries?: number;
  /** Calls with equal keys go to the same instance, while it is there, and run one after another on it. */
  readonly key?: string;
  /**
   * Identifies this one call: an instance that has answered it within the last 60 s answers the repeat from memory.
   * A call that may have run is tried again, on the same instance only.
   */
  readonly idempotencyKey?: string;
}

/** What one call asks for. */
export interface CallRequest {
  readonly kind: 'req' | 'sig';
  readonly service: string;
  /** Operation or topic. */
  readonly what: string;
  readonly data: unknown;
  /** The lexeme's, where there is one. */
  readonly version: number | undefined;
  /** The calling service, or empty. */
  readonly by: string;
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly instance?: string | undefined;
  readonly headers?: Headers | undefined;
  readonly options?: DeliveryOptions | undefined;
  /** Makes the result of the answer; what it throws is the error. */
  readonly convert: (answer: Response | Accepted, instance: string) => unknown;
}
