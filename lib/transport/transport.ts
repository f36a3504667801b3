import type { Batch } from '../wire/codec.js';

/** Why a link ended. `refused`: nobody listens there, or the handshake failed. `closed`: by this side. */
export type CloseReason = 'refused' | 'disconnected' | 'silent' | 'closed';

/** One connection to one remote process, seen from either end. It is never re-used: after `closed`, make another. */
export interface Link {
  /** The endpoint, or the peer's routing id: for logs. */
  readonly remote: string;
  /** Bytes that wait here because the network has not taken them yet. */
  readonly queuedBytes: number;
  /**
   * Queues one encoded envelope; what one turn of the event loop queues is sent as one batch. With a `head`, `part`
   * is one of a run: those that follow one another with equal heads are written as one envelope.
   * @returns false when it was not taken: the byte budget is used up, or the link has ended
   */
  send(part: string, head?: string): boolean;
  /**
   * Takes back what `wanted` says of what is queued without a head and was not handed to the network, in order: it has reached nobody, and
   * never will. Of use until `closed` has been told.
   */
  withdraw(wanted: (part: string) => boolean): string[];
  /** Resolves when all that was queued before has been handed to the network, or the link has ended. */
  flushed(): Promise<void>;
  /**
   * Stops reading, so that the sender's budget fills instead of this process's memory. Without effect on an
   * accepted link where all peers share one socket.
   */
  pause(): void;
  resume(): void;
  /** Ends the link; what still waits is dropped. Harmless when it has ended. */
  close(): void;
}

/** What the owner of links is told. Calls come one at a time, never within `connect`, and must not throw. */
export interface LinkListener {
  /** A connection that this side opened can carry messages. Not called for accepted ones. */
  opened?(link: Link): void;
  received(link: Link, batch: Batch): void;
  /** The link has ended; called once. */
  closed(link: Link, reason: CloseReason): void;
}

/** A socket that others connect to. */
export interface Listening {
  /** Where it listens, with the port that the system chose: `tcp://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** Closes the socket and every link accepted on it, without a word to their peers. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Id of this instance, 32 hex digits: named as the sender of each batch. */
  readonly instance: string;
  /** Bytes that may wait for one recipient. Default 16 MiB. */
  readonly budget?: number;
  /** Largest body of one message, in bytes. Default 1 MiB. */
  readonly maxBody?: number;
  /** Told what a listener threw, though it must not: the message is lost, the socket goes on. */
  readonly fault?: (error: unknown) => void;
}

/** Moves batches between processes. It knows nothing of requests and events. */
export interface Transport {
  /**
   * Opens a socket. `endpoint` may end in `:0` for a port of the system's choice.
   * @throws Error with code `EADDRINUSE` and the like
   */
  listen(endpoint: string, listener: LinkListener): Promise<Listening>;
  /**
   * Starts to connect to `endpoint`; batches name `target`, an instance id or `ANYBODY`. Messages may be queued
   * at once. Never throws: what cannot be reached within 2 s ends as `refused`.
   */
  connect(endpoint: string, target: string, listener: LinkListener): Link;
  /** How many messages were dropped because they were malformed. */
  readonly malformed: number;
  /** Ends every link and socket; nothing can be opened any more. Harmless when repeated. */
  close(): Promise<void>;
}

export const DEFAULT_BUDGET = 16 * 1024 * 1024;
export const DEFAULT_MAX_BODY = 1024 * 1024;
