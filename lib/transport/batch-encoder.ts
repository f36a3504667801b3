import type { Clock } from '../../nucleus/clock.js';
import { encodeBody, encodeHeader } from '../wire/codec.js';

/** One message: header and body. */
export type Frames = [header: Buffer, body: string | Buffer];

/**
 * Makes the frames of a batch. The body is text, which the binding copies while it sends; a Buffer of more than
 * 128 bytes it would take as it is, and wake this thread once more to have it freed. Recipients that get the same
 * envelopes one after another, as the subscribers of a topic do, share one Buffer all the same: encoding the text
 * again costs more.
 */
export class BatchEncoder {
  private readonly sender: Buffer;
  private readonly targets = new Map<string, Buffer>();
  private lastParts: readonly string[] = [];
  private lastBody: string | Buffer = '';

  constructor(
    instance: string,
    private readonly clock: Clock,
  ) {
    this.sender = Buffer.from(instance, 'hex');
  }

  encode(parts: readonly string[], target: string): Frames {
    return [encodeHeader(this.sender, this.targetBytes(target), this.clock.now()), this.body(parts)];
  }

  private body(parts: readonly string[]): string | Buffer {
    if (sameParts(parts, this.lastParts)) {
      if (typeof this.lastBody === 'string') this.lastBody = Buffer.from(this.lastBody, 'utf8');
    } else {
      this.lastParts = parts;
      this.lastBody = encodeBody(parts);
    }
    return this.lastBody;
  }

  private targetBytes(target: string): Buffer {
    let bytes = this.targets.get(target);
    if (bytes === undefined) {
      if (this.targets.size >= 10_000) this.targets.clear();
      bytes = Buffer.from(target, 'hex');
      this.targets.set(target, bytes);
    }
    return bytes;
  }
}

function sameParts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
