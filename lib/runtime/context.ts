import type { Logger } from '../../nucleus/logger.js';

/** Text headers that travel with a message. Names are lower-case; `traceparent` and `tracestate` are W3C Trace Context's. */
export type Headers = Readonly<Record<string, string>>;

/** Who sent a message. */
export interface Caller {
  /** Id of the sending instance. */
  readonly instance: string;
  /** The service on whose behalf it was sent; empty for a client that serves nothing. */
  readonly service: string;
}

/** What is known of a durable event beside the event itself. */
export interface DurableDelivery {
  /** The same at every delivery, 32 hex digits: a handler that keeps it knows a repeat. */
  readonly id: string;
  /** 1 at the first. */
  readonly delivery: number;
  readonly key: string | undefined;
  /** When it was published, ms since 1970 by the publisher's clock. */
  readonly publishedAt: number;
}

/** What is known of the message being handled, or (outbound) being sent. */
export interface MessageContext {
  readonly direction: 'inbound' | 'outbound';
  readonly kind: 'request' | 'event' | 'signal';
  /** True when the message is a signal: an event addressed to this one service. */
  readonly signal: boolean;
  /** The service that handles it (inbound) or that it is meant for (outbound). */
  readonly service: string;
  /** The operation of a request; empty otherwise. */
  readonly operation: string;
  /** The topic of an event or a signal; empty otherwise. */
  readonly topic: string;
  /** The message: checked and revived by the time a handler's middleware sees it. */
  data: unknown;
  /** What outbound middleware adds is sent with the message. */
  readonly headers: Record<string, string>;
  readonly caller: Caller;
  /** Milliseconds left until the deadline; `Infinity` without one. */
  remaining(): number;
  /** Aborts when the caller cancels or leaves, the deadline passes, or the application is closed. */
  readonly abortSignal: AbortSignal;
  /** W3C trace id, 32 hex digits. */
  readonly traceId: string;
  /** Carries the trace id, service and operation. */
  readonly logger: Logger;
  /** Of an event that is delivered durably; undefined for every other message. */
  readonly durable?: DurableDelivery | undefined;
}
