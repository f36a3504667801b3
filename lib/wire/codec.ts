import type { Envelope } from './envelope.js';
import { expandRun, isRun } from './run.js';
import { envelopeProblem } from './validate.js';

export const WIRE_VERSION = 1;

/*
 * One frame of UTF-8:
 *  0 magic, `ATOM` (4)   4 version, a digit (1)   5 content type, `J` for JSON (1)
 *  6 sending instance, hex (32)   38 instance meant, hex, zeros for whoever listens (32)
 * 70 a JSON array: the sender's monotonic time in ms, then the envelopes
 * All text, because the binding takes and gives each frame at a price, and text at the lowest.
 */
export const HEADER_CHARS = 70;
const START = `ATOM${WIRE_VERSION}J`;
const HEADER = new RegExp(`^${START}[0-9a-f]{64}$`);

/** Anybody: the target of a HELLO to an endpoint whose instance is not known. */
export const ANYBODY = '0'.repeat(32);

/** One message of the transport: a header and its envelopes, in the order in which they were sent. */
export interface Batch {
  /** Id of the sending instance, 32 hex digits. */
  readonly sender: string;
  /** Id of the instance that it is meant for, or {@link ANYBODY}. */
  readonly target: string;
  /** The sender's monotonic time when the batch was sent, ms. */
  readonly sentAt: number;
  readonly envelopes: readonly Envelope[];
  /** Characters of all of it. */
  readonly size: number;
}

/** A message that is not of this wire, or not of this version. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** One envelope as the text that goes into a batch. Throws what `JSON.stringify` throws. */
export function encodeEnvelope(envelope: Envelope): string {
  return JSON.stringify(envelope);
}

/** A RESPONSE, as `encodeEnvelope` would give it, of data that is encoded already; undefined: none. */
export function encodeResponse(id: number, version: number | undefined, json: string | undefined): string {
  const head = version === undefined ? `{"t":"res","i":${id}` : `{"t":"res","i":${id},"v":${version}`;
  return json === undefined ? `${head}}` : `${head},"d":${json}}`;
}

/** What a message of `sender` to `target` begins with. */
export function encodeHeader(sender: string, target: string): string {
  return START + sender + target;
}

/**
 * A whole message. `texts`, alternating: a head, and an envelope that is encoded already, where the head is empty, or one
 * member of a run (`run.ts`). Those that follow one another with equal heads become one envelope.
 */
export function encodeBatch(header: string, sentAt: number, texts: readonly string[]): string {
  // Joined, since a text that has grown bit by bit is slow to write into a socket.
  const parts: string[] = [`${header}[${sentAt}`];
  let open = '';
  for (let at = 0; at < texts.length; at += 2) {
    const head = texts[at]!;
    const part = texts[at + 1]!;
    if (head === open) parts.push(part);
    else {
      if (open !== '') parts[parts.length - 1] += ']}';
      parts.push(head === '' ? part : `${head},"ms":[${part}`);
      open = head;
    }
  }
  parts[parts.length - 1] += open === '' ? ']' : ']}]';
  return parts.join(',');
}

/**
 * The batch in the frames of one message.
 * @throws WireError naming what is wrong with it
 */
export function decodeBatch(frames: readonly Buffer[]): Batch {
  if (frames.length !== 1) throw new WireError(`expected 1 frame, got ${frames.length}`);
  const text = frames[0]!.toString();
  const { sender, target } = idsOf(text);
  let list: unknown;
  // The time, and then the envelopes.
  try {
    list = JSON.parse(text.slice(HEADER_CHARS));
  } catch {
    throw new WireError('body is not JSON');
  }
  if (!Array.isArray(list)) throw new WireError('body is not an array');
  const sentAt: unknown = list[0];
  if (typeof sentAt !== 'number' || !Number.isFinite(sentAt)) {
    throw new WireError('sender time is not a number');
  }
  const envelopes: Envelope[] = [];
  for (let at = 1; at < list.length; at++) {
    const envelope: unknown = list[at];
    let problem: string | undefined;
    if (isRun(envelope)) problem = expandRun(envelope, envelopes);
    else {
      problem = envelopeProblem(envelope);
      envelopes.push(envelope as Envelope);
    }
    if (problem !== undefined) throw new WireError(problem);
  }
  return { sender, target, sentAt, envelopes, size: text.length };
}

/** The header read last: nearly always, the next message comes from the same sender. */
let last = { header: 'none', sender: '', target: '' };

function idsOf(text: string): { readonly sender: string; readonly target: string } {
  if (text.startsWith(last.header)) return last;
  // A copy: a part of the text would keep the whole of it.
  const header = Buffer.from(text.slice(0, HEADER_CHARS)).toString();
  if (!HEADER.test(header)) throw new WireError(headerProblem(header));
  last = { header, sender: header.slice(6, 38), target: header.slice(38) };
  return last;
}

function headerProblem(header: string): string {
  if (header.length < HEADER_CHARS)
    return `message of ${header.length} bytes; the header alone has ${HEADER_CHARS}`;
  if (!header.startsWith('ATOM')) return 'not an atom message';
  if (header[4] !== String(WIRE_VERSION))
    return `wire version ${header[4]}; this side speaks ${WIRE_VERSION}`;
  if (header[5] !== 'J') return `unknown content type ${header[5]}`;
  return 'the ids of sender and target are not 32 lower-case hex digits each';
}
