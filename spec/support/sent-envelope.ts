import { ANYBODY, decodeBatch, encodeBatch, encodeHeader } from '../../lib/wire/codec.js';
import type { Envelope } from '../../lib/wire/envelope.js';

/** What a peer gets of one part that was queued on a link: its envelope, without the fields that it does not have. */
export function sentEnvelope(part: string, head = ''): Envelope {
  const message = encodeBatch(encodeHeader(ANYBODY, ANYBODY), 0, [head, part]);
  const [envelope] = decodeBatch([Buffer.from(message)]).envelopes;
  return JSON.parse(JSON.stringify(envelope)) as Envelope;
}
