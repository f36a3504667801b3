import { AtomError } from '../../../lib/errors.js';
import { Deadlines } from '../../../lib/runtime/deadlines.js';
import { InboundContext } from '../../../lib/runtime/inbound-context.js';
import type { Channel } from '../../../lib/runtime/session.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import type { Batch } from '../../../lib/wire/codec.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import type { Logger } from '../../../nucleus/logger.js';
import { aRecord } from '../../support/records.js';
import { sentEnvelope } from '../../support/sent-envelope.js';

export const SELF = aRecord({ id: 'a'.repeat(32) });
export const PEER = 'b'.repeat(32);

/** Answers that were sent to a peer, parsed and checked as the peer would. */
export class FakeChannel implements Channel {
  readonly sent: Envelope[] = [];
  readonly texts: string[] = [];
  /** The byte budget is used up. */
  full = false;
  /** How many more it takes. */
  room = Infinity;
  /** Nothing leaves it. */
  holds = false;
  queuedBytes = 0;

  send(part: string, head?: string): boolean {
    if (this.full || this.room === 0) return false;
    this.room--;
    this.texts.push(part);
    this.sent.push(sentEnvelope(part, head));
    return true;
  }

  /** What it has taken and not let go yet can be taken back. */
  withdraw(wanted: (part: string) => boolean): string[] {
    if (!this.holds) return [];
    const out = this.texts.filter(wanted);
    this.texts.splice(0, Infinity, ...this.texts.filter((part) => !out.includes(part)));
    this.sent.splice(0, Infinity, ...this.texts.map((part) => JSON.parse(part) as Envelope));
    return out;
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  /** Those of one type. */
  of<T extends Envelope['t']>(type: T): Extract<Envelope, { t: T }>[] {
    return this.sent.filter((one): one is Extract<Envelope, { t: T }> => one.t === type);
  }
}

/** A batch of a peer to this instance. */
export function batch(envelopes: readonly Envelope[], over: Partial<Batch> = {}): Batch {
  return { sender: PEER, target: SELF.id, sentAt: 0, envelopes, size: 100, ...over };
}

/** What was logged, as level and message. */
export class Lines implements Logger {
  readonly all: string[] = [];
  debug = (_: object, message: string): void => void this.all.push(`debug ${message}`);
  info = (_: object, message: string): void => void this.all.push(`info ${message}`);
  warn = (_: object, message: string): void => void this.all.push(`warn ${message}`);
  error = (_: object, message: string): void => void this.all.push(`error ${message}`);
  child = (): Logger => this;
}

/** A clock, and what contexts share. */
export function contextHost() {
  const clock = new FakeClock();
  return { clock, logger: new Lines(), deadlines: new Deadlines(clock) };
}

export function contextOf(host = contextHost(), deadline = Infinity, headers = {}): InboundContext {
  return new InboundContext(host, 'request', '@a/b', 'x', '', undefined, headers, PEER, '', deadline);
}

/** What `run` throws or rejects with, which must be an AtomError. */
export async function errorOf(run: (() => unknown) | Promise<unknown>): Promise<AtomError> {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    if (error instanceof AtomError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
