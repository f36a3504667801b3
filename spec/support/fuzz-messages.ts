import { encodeHeader } from '../../lib/wire/codec.js';

/** One envelope of each type, valid. */
const ENVELOPES: readonly Readonly<Record<string, unknown>>[] = [
  { t: 'hello' },
  { t: 'info', record: { v: 1, id: 'a'.repeat(32), revision: 1, services: [], subscriptions: [] } },
  { t: 'req', i: 1, s: '@fuzz/target', o: 'work', dl: 1e12, h: { a: 'b' }, v: 1, a: 2, d: { n: 1 } },
  { t: 'res', i: 1, v: 1, d: {} },
  { t: 'err', i: 1, c: 'INTERNAL', o: 'FAILED', m: 'text', x: {}, r: false },
  { t: 'can', i: 1 },
  { t: 'sig', i: 1, s: '@fuzz/target', p: 'fuzz.signal', dl: 1e12, d: {} },
  { t: 'acc', i: 1 },
  { t: 'sub', i: 1, p: 'fuzz.>', s: '@fuzz/other', g: 'group', from: '@fuzz/target' },
  { t: 'subd', i: 1, n: 1 },
  { t: 'uns', i: 1 },
  { t: 'evt', i: 1, n: 1, p: 'fuzz.done', by: '@fuzz/target', h: {}, v: 1, d: [] },
  { t: 'beat', n: [[1, 2]] },
  { t: 'ping', i: 1 },
  { t: 'pong', i: 1 },
  { t: 'bye', why: 'unknown' },
  { t: 'req', s: '@fuzz/target', o: 'work', v: 1, ms: [1, 1e12, { n: 1 }, 2, 1e12, { n: 2 }] },
  { t: 'res', v: 1, ms: [1, {}, 2, {}] },
];

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

/** What stands where something else belongs. */
const ODD: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  0.5,
  1e308,
  2 ** 53,
  '',
  '\u0000',
  '__proto__',
  'toString',
  '\ud800',
  'x'.repeat(300),
  'x'.repeat(5000),
  '*',
  '>',
  'a..b',
  [],
  [[]],
  [null],
  {},
  { toString: 1, toJSON: 1 },
  JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
  nested(40),
  nested(1000),
  Array.from({ length: 2000 }, () => 0),
];

/** Makes messages from `random`, most of them malformed: mutations of valid ones, and noise. */
export class FuzzMessages {
  constructor(
    private readonly random: () => number,
    /** Id of the instance meant, 32 hex digits. */
    private readonly target: string,
  ) {}

  /** Frames of a HELLO that opens a session for `sender`, 16 bytes. */
  hello(sender: Buffer): Buffer[] {
    return this.message(sender, '{"t":"hello"}');
  }

  /** Frames of a valid message that is answered by a PONG with this id. */
  last(sender: Buffer, id: number): Buffer[] {
    return this.message(sender, `{"t":"hello"},{"t":"ping","i":${id}}`);
  }

  /** Frames of the next message. */
  next(sender: Buffer): Buffer[] {
    const choice = this.random();
    if (choice < 0.1) return this.noise();
    const frames = this.message(sender, this.body());
    if (choice < 0.4) this.damage(frames);
    return frames;
  }

  private message(sender: Buffer, envelopes: string): Buffer[] {
    const header = encodeHeader(sender.toString('hex'), this.target);
    return [Buffer.from(`${header}[${this.random() * 1e6},${envelopes}]`)];
  }

  private noise(): Buffer[] {
    return Array.from({ length: this.below(5) }, () => this.bytes(this.below(200)));
  }

  private body(): string {
    const envelopes = Array.from({ length: 1 + this.below(3) }, () => this.envelope());
    return JSON.stringify(envelopes).slice(1, -1);
  }

  private envelope(): unknown {
    if (this.random() < 0.03) return this.one(ODD);
    const envelope: Record<string, unknown> = { ...this.one(ENVELOPES) };
    for (let count = this.below(3); count >= 0; count--) {
      const keys = Object.keys(envelope);
      const key = this.random() < 0.9 ? this.one(keys) : String.fromCharCode(97 + this.below(26));
      if (key !== 't' || this.random() < 0.2) envelope[key] = this.one(ODD);
    }
    return envelope;
  }

  /** Changes bytes, cuts, adds, repeats and leaves out frames. */
  private damage(frames: Buffer[]): void {
    const at = this.below(frames.length);
    const frame = frames[at]!;
    switch (this.below(6)) {
      case 0:
        frame[this.below(frame.length)] = this.below(256);
        break;
      case 1:
        frames[at] = frame.subarray(0, this.below(frame.length));
        break;
      case 2:
        frames[at] = Buffer.concat([frame, this.bytes(1 + this.below(20))]);
        break;
      case 3:
        frames.splice(at, 0, frame);
        break;
      case 4:
        frames.splice(at, 1);
        break;
      default:
        frames.reverse();
    }
  }

  private bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  private one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
