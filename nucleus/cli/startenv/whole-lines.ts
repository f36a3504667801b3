import { Transform, type TransformCallback } from 'node:stream';

const NEWLINE = 0x0a;
/** A line that is longer is cut: one that never ends must not fill the memory. */
const LONGEST = 256 * 1024;

/**
 * Passes on whole lines only, each as `shape` makes it, so that those of several processes never mix. What is
 * left without a line break is passed on at the end.
 */
export class WholeLines extends Transform {
  private rest: Buffer[] = [];
  private length = 0;

  /** `shape`: what is shown of a line (without its line break). */
  constructor(private readonly shape: (line: string) => string) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let from = 0;
    let shaped = '';
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      shaped += this.line(chunk.subarray(from, at));
      from = at + 1;
    }
    this.keep(chunk.subarray(from));
    if (this.length > LONGEST) shaped += this.line(Buffer.alloc(0));
    done(null, shaped === '' ? undefined : shaped);
  }

  override _flush(done: TransformCallback): void {
    done(null, this.length === 0 ? undefined : this.line(Buffer.alloc(0)));
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    this.rest.push(part);
    this.length += part.length;
  }

  private line(end: Buffer): string {
    const text = this.length === 0 ? end.toString() : Buffer.concat([...this.rest, end]).toString();
    this.rest = [];
    this.length = 0;
    return `${this.shape(text.endsWith('\r') ? text.slice(0, -1) : text)}\n`;
  }
}
