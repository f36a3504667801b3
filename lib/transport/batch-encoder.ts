import type { Clock } from '../../nucleus/clock.js';
import { encodeBody, encodeHeader } from '../wire/codec.js';

/**
 * Makes the frames of a batch. Recipients that get the same envelopes one after another, as the subscribers
 * of a topic do, share one encoded body.
 */
export class BatchEncoder {
  private readonly sender: Buffer;
  private readonly targets = new Map<string, Buffer>();
  private lastParts: readonly string[] = [];
  private lastBody: Buffer | undefined;

  constructor(
    instance: string,
    private readonly clock: Clock,
  ) {
    this.sender = Buffer.from(instance, 'hex');
  }

  encode(parts: readonly string[], target: string): Buffer[] {
    return [encodeHeader(this.sender, this.targetBytes(target), this.clock.now()), this.body(parts)];
  }

  private body(parts: readonly string[]): Buffer {
    if (this.lastBody !== undefined && sameParts(parts, this.lastParts)) return this.lastBody;
    const body = encodeBody(parts);
    this.lastParts = parts;
    this.lastBody = body;
    return body;
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
