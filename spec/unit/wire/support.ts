import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Batch, encodeBatch, encodeEnvelope, encodeHeader } from '../../../lib/wire/codec.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import { ROOT } from '../../support/tree.js';

export const SENDER = '0123456789abcdef0123456789abcdef';
export const TARGET = 'fedcba9876543210fedcba9876543210';

/** What a batch says; how long it is follows. */
export type Said = Omit<Batch, 'size'>;

/** What is read of `text`, which says `batch`. */
export function readAs(batch: Said, text: { toString(): string }): Batch {
  return { ...batch, size: text.toString().length };
}

/** The frames of a batch, as a transport makes them. */
export function framesOf({ sender, target, sentAt, envelopes }: Said): [Buffer] {
  return [
    Buffer.from(
      encodeBatch(
        encodeHeader(sender, target),
        sentAt,
        envelopes.flatMap((envelope) => ['', encodeEnvelope(envelope)]),
      ),
    ),
  ];
}

/** One envelope of each type, and what its message was when version 1 was made. */
export interface Golden {
  readonly name: string;
  readonly batch: Said;
  readonly text: string;
}

export function goldens(): Golden[] {
  return JSON.parse(readFileSync(join(ROOT, 'spec/unit/wire/v1.golden.json'), 'utf8')) as Golden[];
}

/** The fenced blocks of PROTOCOL.md of one kind, such as `json envelope`. */
export function protocolBlocks(kind: string): string[] {
  return [...protocolText().matchAll(new RegExp('```' + kind + '\\n([^`]+)```', 'g'))].map(([, body]) =>
    body!.trim(),
  );
}

export function protocolText(): string {
  return readFileSync(join(ROOT, 'lib/wire/PROTOCOL.md'), 'utf8');
}

export function protocolEnvelopes(): Envelope[] {
  return protocolBlocks('json envelope').map((block) => JSON.parse(block) as Envelope);
}

/** Every type of version 1. */
export const TYPES: readonly Envelope['t'][] = [
  'hello',
  'info',
  'req',
  'res',
  'err',
  'can',
  'sig',
  'acc',
  'sub',
  'subd',
  'uns',
  'evt',
  'beat',
  'ping',
  'pong',
  'bye',
];
