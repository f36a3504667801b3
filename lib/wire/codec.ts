import type { Envelope } from './envelope.js';
import { envelopeProblem } from './validate.js';

/** `ATOM` in ASCII. */
const MAGIC = 0x41544f4d;
export const WIRE_VERSION = 1;
const CONTENT_JSON = 0;

/*
 * Frame 0, the batch header, 48 bytes, big-endian:
 *  0 magic (4)   4 version (1)   5 content type (1)   6 reserved, zero (2)
 *  8 sending instance (16)   24 instance meant, zeros for whoever listens (16)
 * 40 sender's monotonic time in ms (8, IEEE 754 double)
 */
export const HEADER_BYTES = 48;

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
}

/** A message that is not of this wire, or not of this version. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** One envelope as the text that goes into a batch. Throws what `JSON.stringify` throws. */
export function encodeEnvelope(envelope: Envelope): string {
  return JSON.stringify(envelope);
}

/** A RESPONSE, as `encodeEnvelope` would give it, without an object around the data. */
export function encodeResponse(id: number, version: number | undefined, data: unknown): string {
  const json = JSON.stringify(data) as string | undefined;
  const head = version === undefined ? `{"t":"res","i":${id}` : `{"t":"res","i":${id},"v":${version}`;
  return json === undefined ? `${head}}` : `${head},"d":${json}}`;
}

/** Frame 0. `sender` and `target` are the 16 raw bytes of the ids. */
export function encodeHeader(sender: Uint8Array, target: Uint8Array, sentAt: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE((WIRE_VERSION << 24) | (CONTENT_JSON << 16), 4);
  header.set(sender, 8);
  header.set(target, 24);
  header.writeDoubleBE(sentAt, 40);
  return header;
}

/** Frame 1, of envelopes that are encoded already; sent as UTF-8. */
export function encodeBody(parts: readonly string[]): string {
  return `[${parts.join(',')}]`;
}

/**
 * The batch in the frames of one message.
 * @throws WireError naming what is wrong with it
 */
export function decodeBatch(frames: readonly Buffer[]): Batch {
  if (frames.length !== 2) throw new WireError(`expected 2 frames, got ${frames.length}`);
  const [header, body] = frames as [Buffer, Buffer];
  if (header.length !== HEADER_BYTES)
    throw new WireError(`header of ${header.length} bytes, not ${HEADER_BYTES}`);
  if (header.readUInt32BE(0) !== MAGIC) throw new WireError('not an atom message');
  const version = header[4];
  if (version !== WIRE_VERSION)
    throw new WireError(`wire version ${version}; this side speaks ${WIRE_VERSION}`);
  const content = header[5];
  if (content !== CONTENT_JSON) throw new WireError(`unknown content type ${content}`);
  const sentAt = header.readDoubleBE(40);
  if (!Number.isFinite(sentAt)) throw new WireError('sender time is not a number');
  let envelopes: unknown;
  try {
    envelopes = JSON.parse(body.toString('utf8'));
  } catch {
    throw new WireError('body is not JSON');
  }
  if (!Array.isArray(envelopes)) throw new WireError('body is not an array');
  for (const envelope of envelopes) {
    const problem = envelopeProblem(envelope);
    if (problem !== undefined) throw new WireError(problem);
  }
  return {
    sender: header.toString('hex', 8, 24),
    target: header.toString('hex', 24, 40),
    sentAt,
    envelopes: envelopes as Envelope[],
  };
}
