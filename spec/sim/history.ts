import type { Outcome } from '../../lib/errors.js';

/** A call, as its caller made it. */
export interface CallEntry {
  readonly type: 'call';
  readonly call: number;
  /** The calling life: `name.number` of an instance. */
  readonly by: string;
  readonly kind: 'req' | 'sig';
  readonly service: string;
  readonly what: string;
  /** On the world's clock, ms. */
  readonly deadline: number;
  readonly idempotent: boolean;
  readonly idempotencyKey?: string;
  readonly key?: string;
  /** The only life that may run it. */
  readonly only?: string;
  /** The caller may give it up. */
  readonly cancels?: boolean;
  /** Made after the last fault was over: it must succeed. */
  readonly calm: boolean;
}

/** What became of a call: an outcome, or `OK` with the execution that answered. */
export interface SettledEntry {
  readonly type: 'settled';
  readonly call: number;
  readonly outcome: 'OK' | Outcome | 'none';
  readonly code?: string;
  readonly exec?: number;
  /** Of a signal: the life that accepted it. */
  readonly from?: string;
}

/** A handler begins to run a call. */
export interface BeginEntry {
  readonly type: 'begin';
  readonly exec: number;
  readonly call: number;
  readonly life: string;
  /** Until the deadline, as the receiver sees it, ms. */
  readonly left: number;
  /** The shortest way of the caller's messages, ms: so much later may a receiver take the deadline to be. */
  readonly slack: number;
}

export interface EndEntry {
  readonly type: 'end';
  readonly exec: number;
  /** The message was cancelled meanwhile. */
  readonly cut: boolean;
}

export interface PublishEntry {
  readonly type: 'publish';
  readonly event: number;
  readonly by: string;
  readonly topic: string;
  readonly delivery: 'group' | 'broadcast';
  readonly calm: boolean;
}

export interface ReceiptEntry {
  readonly type: 'receipt';
  readonly event: number;
  /** -1 when it was refused. */
  readonly instances: number;
  readonly dropped: number;
}

/** A handler begins, or has finished, with an event. */
export interface HandleEntry<T extends 'handle' | 'handled'> {
  readonly type: T;
  readonly event: number;
  readonly life: string;
  readonly service: string;
}

/** A subscriber was told that events of `topic` by the life `from` are missing. */
export interface GapEntry {
  readonly type: 'gap';
  readonly life: string;
  readonly from: string;
  readonly topic: string;
  readonly missing: number;
}

/** A connection that `life` had made to `to` has ended. */
export interface ClosedEntry {
  readonly type: 'closed';
  readonly life: string;
  readonly to: string;
}

/** What the nemesis did, or what a life came to. */
export interface FaultEntry {
  readonly type: 'fault';
  readonly what:
    | 'start'
    | 'ready'
    | 'stop'
    | 'stopped'
    | 'crash'
    | 'freeze'
    | 'thaw'
    | 'partition'
    | 'block'
    | 'heal'
    | 'cut'
    | 'slow'
    | 'registry-down'
    | 'registry-up'
    | 'lease-lost'
    | 'burst'
    | 'over';
  readonly on?: string;
  readonly other?: string;
}

/** `by` may call `life` from now on: it has found it, or found it again. */
export interface RoutableEntry {
  readonly type: 'routable';
  readonly by: string;
  readonly life: string;
}

/** `by` takes one instance out of its choice; so many of `of` are out of it then. */
export interface EjectEntry {
  readonly type: 'eject';
  readonly by: string;
  readonly life: string;
  readonly out: number;
  readonly of: number;
  /** It was out already, and its probe failed. */
  readonly again: boolean;
  /** When it is over, on the world's clock, ms. */
  readonly until: number;
}

/** A life sends an attempt that is not the first of its call. */
export interface RetryEntry {
  readonly type: 'retry';
  readonly by: string;
  readonly service: string;
}

/** What is left of a life when everything has come to rest. */
export interface RestEntry {
  readonly type: 'rest';
  readonly life: string;
  /** It listens to events. */
  readonly hears: boolean;
  /** Handlers that run, calls that are pending at any target. */
  readonly running: number;
  readonly pending: number;
  /** Instances that it routes to, and those that there are. */
  readonly knows: readonly string[];
  readonly exist: readonly string[];
  /** Those that it keeps out of its choice. */
  readonly ejected: readonly string[];
}

/** What is left when everything is closed. */
export interface LeftEntry {
  readonly type: 'left';
  readonly life: string;
  readonly timers: number;
}

/** What the simulation itself has seen fail: a close that never ended, an error that nobody expected. */
export interface BrokenEntry {
  readonly type: 'broken';
  readonly what: string;
}

type Body =
  | CallEntry
  | SettledEntry
  | BeginEntry
  | EndEntry
  | PublishEntry
  | ReceiptEntry
  | HandleEntry<'handle'>
  | HandleEntry<'handled'>
  | GapEntry
  | ClosedEntry
  | FaultEntry
  | RoutableEntry
  | EjectEntry
  | RetryEntry
  | RestEntry
  | LeftEntry
  | BrokenEntry;

/** Something that happened at `at` on the world's clock, ms. */
export type Entry = { readonly at: number } & Body;
export type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }>;
export type Note = Body;

export type History = readonly Entry[];

/** The entries of one type, in order. */
export function entriesOf<T extends Entry['type']>(history: History, ...types: T[]): EntryOf<T>[] {
  return history.filter((entry): entry is EntryOf<T> => (types as string[]).includes(entry.type));
}

/** One entry as a line of text. */
export function show({ at, type, ...rest }: Entry): string {
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${at.toFixed(3).padStart(10)} ${type.padEnd(8)} ${fields.join(' ')}`;
}
