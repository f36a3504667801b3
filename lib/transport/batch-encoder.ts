import type { Clock } from '../../nucleus/clock.js';
import { encodeBatch, encodeHeader } from '../wire/codec.js';

/** One message, as it goes into the network. */
export type Frame = string | Buffer;

/** A message that was made this long ago, ms, is sent to another recipient with the time that it has. */
const SAME_TIME = 1;
/** Recipients whose headers are kept. */
const MAX_HEADERS = 10_000;

/**
 * Makes messages of what an outbox has gathered. A message is text, which the binding copies while it sends; a
 * Buffer of 128 bytes and more it would take as it is, and wake this thread once more to have it freed. Recipients
 * that get the same envelopes one after another, as the subscribers of a topic do, share one Buffer all the same:
 * encoding the text again costs more.
 */
export class BatchEncoder {
  private readonly headers = new Map<string, string>();
  private lastTexts: readonly string[] = [];
  private lastTarget = '';
  private lastTime = -Infinity;
  private last: Frame = '';

  constructor(
    private readonly instance: string,
    private readonly clock: Clock,
  ) {}

  /** `texts`: heads and parts, alternating. */
  encode(texts: readonly string[], target: string): Frame {
    const now = this.clock.now();
    if (now - this.lastTime < SAME_TIME && target === this.lastTarget && sameTexts(texts, this.lastTexts)) {
      if (typeof this.last === 'string') this.last = Buffer.from(this.last, 'utf8');
      return this.last;
    }
    this.lastTime = now;
    this.lastTarget = target;
    this.lastTexts = texts;
    this.last = encodeBatch(this.header(target), now, texts);
    return this.last;
  }

  private header(target: string): string {
    let header = this.headers.get(target);
    if (header === undefined) {
      if (this.headers.size >= MAX_HEADERS) this.headers.clear();
      header = encodeHeader(this.instance, target);
      this.headers.set(target, header);
    }
    return header;
  }
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
