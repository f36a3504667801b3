import type { Delivery } from '../../nucleus/delivery.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { AtomCode, Outcome } from '../errors.js';

/*
 * The messages of wire version 1. `PROTOCOL.md` beside this file is their table, with an example of each.
 * Keys are short because each message carries them.
 */

/** Opens a session; the first message on a connection. Answered by INFO. */
export interface Hello {
  readonly t: 'hello';
}

/** Who listens here: the answer to HELLO, and sent again when the record has changed. */
export interface Info {
  readonly t: 'info';
  readonly record: InstanceRecord;
}

/** What a request and a signal have in common. */
interface Call {
  /** Correlation id, unique on its connection. */
  readonly i: number;
  /** The service that it is for. */
  readonly s: string;
  /** Deadline, on the sender's monotonic clock, in ms: compare with the time at the head of the batch. */
  readonly dl: number;
  /** The sending service, where there is one. */
  readonly by?: string;
  readonly h?: Readonly<Record<string, string>>;
  /** Version of the lexeme. Absent for plain data: taken to be of the version that the receiver knows. */
  readonly v?: number;
  /** The message itself. */
  readonly d?: unknown;
}

export interface Request extends Call {
  readonly t: 'req';
  /** The operation. */
  readonly o: string;
  /** Attempt, from 1; absent on the first. */
  readonly a?: number;
  /** Requests with equal keys are run one after another. */
  readonly k?: string;
  /** Identifies this one request: a repeat is answered from memory. */
  readonly u?: string;
}

export interface Response {
  readonly t: 'res';
  readonly i: number;
  readonly v?: number;
  readonly d?: unknown;
}

/** The answer to a request or a signal that failed. */
export interface ErrorReply {
  readonly t: 'err';
  readonly i: number;
  readonly c: AtomCode;
  readonly o: Outcome;
  readonly m: string;
  /** Details. */
  readonly x?: unknown;
  /** Present where it differs from the code's own. */
  readonly r?: boolean;
}

/** The caller has given up on request `i`. Not answered. */
export interface Cancel {
  readonly t: 'can';
  readonly i: number;
}

/** A one-way event addressed to one service. Answered by ACCEPTED, before the handler runs, or ERROR. */
export interface Signal extends Call {
  readonly t: 'sig';
  /** The topic. */
  readonly p: string;
}

export interface Accepted {
  readonly t: 'acc';
  readonly i: number;
}

/** Asks for the events of topics that match a pattern. Answered by SUBSCRIBED or ERROR. */
export interface Subscribe {
  readonly t: 'sub';
  /** The subscription's id, chosen by the subscriber, unique on its connection. */
  readonly i: number;
  /** Exact topic or pattern. */
  readonly p: string;
  /** The subscribing service, which is the group; the instance's id for a client that serves nothing. */
  readonly s: string;
  readonly g: Delivery;
  /** Only events published by this service of the instance. */
  readonly from?: string;
  /** Sequence of the last event that it had from this publisher on an earlier connection: it goes on after that. */
  readonly n?: number;
}

/** Events of subscription `i` count on from `n`. */
export interface Subscribed {
  readonly t: 'subd';
  readonly i: number;
  readonly n: number;
  /**
   * The publisher knows the subscription from an earlier connection; of what was meant for it there, these many, up
   * to `n`, will not come.
   */
  readonly l?: number;
}

export interface Unsubscribe {
  readonly t: 'uns';
  readonly i: number;
}

export interface Event {
  readonly t: 'evt';
  /** The subscription. */
  readonly i: number;
  /** Sequence: one more than the one before in this subscription, or something was lost. */
  readonly n: number;
  /** The topic. */
  readonly p: string;
  /** The publishing service, where there is one. */
  readonly by?: string;
  readonly h?: Readonly<Record<string, string>>;
  readonly v?: number;
  readonly d?: unknown;
  /** Events with equal keys are handled one after another. */
  readonly k?: string;
}

/** Sent while no event goes out: the last sequence of each subscription, so that the loss of the last is seen too. */
export interface Heartbeat {
  readonly t: 'beat';
  /** Pairs of subscription and last sequence. */
  readonly n: readonly (readonly [subscription: number, last: number])[];
}

export interface Ping {
  readonly t: 'ping';
  readonly i: number;
}

export interface Pong {
  readonly t: 'pong';
  readonly i: number;
}

/** `draining`: send nothing new, answers will come. `leaving`: this instance ends now. `unknown`: no session here, say HELLO. */
export interface Goaway {
  readonly t: 'bye';
  readonly why: 'draining' | 'leaving' | 'unknown';
}

export type Envelope =
  | Hello
  | Info
  | Request
  | Response
  | ErrorReply
  | Cancel
  | Signal
  | Accepted
  | Subscribe
  | Subscribed
  | Unsubscribe
  | Event
  | Heartbeat
  | Ping
  | Pong
  | Goaway;
