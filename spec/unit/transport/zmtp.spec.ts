import { expect } from 'chai';
import fc from 'fast-check';
import { message, OPENING, pong, ZmtpError, ZmtpReader } from '../../../lib/transport/zeromq/zmtp.js';

const LIMIT = 1000;

/** What a ROUTER of libzmq 4.3.5 says first, as it was heard. */
const GREETING = Buffer.concat([
  Buffer.from('ff00000000000000017f03014e554c4c', 'hex'),
  Buffer.alloc(64 - 16),
]);
const READY = Buffer.from(
  '\x04\x29\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER\x08Identity\x00\x00\x00\x00',
  'latin1',
);

/** Reads, and notes what it is told. */
class Heard {
  ready = 0;
  readonly messages: string[][] = [];
  readonly contexts: string[] = [];
  readonly reader = new ZmtpReader(LIMIT, {
    ready: () => this.ready++,
    message: (frames) => this.messages.push(frames.map((frame) => frame.toString())),
    pinged: (context) => this.contexts.push(context.toString()),
  });

  constructor(...chunks: readonly Buffer[]) {
    for (const chunk of chunks) this.reader.read(chunk);
  }
}

const frame = (flags: number, body: string): Buffer =>
  body.length < 256
    ? Buffer.from(`${String.fromCharCode(flags, body.length)}${body}`, 'latin1')
    : Buffer.concat([
        Buffer.from([flags | 2, 0, 0, 0, 0, 0, 0, body.length >> 8, body.length & 255]),
        Buffer.from(body, 'latin1'),
      ]);

const refused = (...chunks: readonly Buffer[]): void =>
  void expect(() => new Heard(...chunks)).to.throw(ZmtpError);

describe('ZMTP', () => {
  it('opens as a DEALER on the NULL mechanism, which a reader of the same kind refuses', () => {
    expect(OPENING.subarray(0, 12).toString('hex')).to.equal('ff00000000000000017f0301');
    expect(OPENING.subarray(12, 64).toString('latin1')).to.equal('NULL'.padEnd(52, '\0'));
    expect(OPENING.subarray(64).toString('latin1')).to.equal(
      '\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0',
    );
    refused(OPENING);
  });

  it('writes a message of one frame, with a short size up to 255 bytes and a long one past it', () => {
    expect(message('ab')).to.deep.equal(Buffer.from('\x00\x02ab', 'latin1'));
    expect(message(Buffer.alloc(255)).subarray(0, 2)).to.deep.equal(Buffer.from([0, 255]));
    const long = message('é'.repeat(200));
    expect(long.subarray(0, 9).toString('hex')).to.equal('020000000000000190');
    expect(long.subarray(9).toString()).to.equal('é'.repeat(200));
  });

  it('is ready once greeting and READY have come', () => {
    expect(new Heard(GREETING).ready).to.equal(0);
    expect(new Heard(GREETING, READY).ready).to.equal(1);
  });

  it('reads the same whatever pieces the bytes come in', () => {
    const piece = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary-ascii', maxLength: LIMIT }), { maxLength: 12 }),
        fc.array(piece, { minLength: 1, maxLength: 40 }),
        (bodies, sizes) => {
          const all = Buffer.concat([GREETING, READY, ...bodies.map((body) => message(body))]);
          const chunks: Buffer[] = [];
          for (let at = 0, n = 0; at < all.length; n++) {
            const size = sizes[n % sizes.length]!;
            chunks.push(all.subarray(at, at + size));
            at += size;
          }
          const heard = new Heard(...chunks);
          expect(heard.ready).to.equal(1);
          expect(heard.messages).to.deep.equal(bodies.map((body) => [body]));
        },
      ),
    );
  });

  it('throws nothing but its own error, whatever comes', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.uint8Array({ maxLength: 300 })), (open, chunks) => {
        try {
          new Heard(...(open ? [GREETING, READY] : []), ...chunks.map((chunk) => Buffer.from(chunk)));
        } catch (error) {
          expect(error).to.be.instanceOf(ZmtpError);
        }
      }),
    );
  });

  it('keeps the frames of a message together', () => {
    const heard = new Heard(GREETING, READY, frame(1, 'a'), frame(1, ''), frame(0, 'b'), frame(0, 'c'));
    expect(heard.messages).to.deep.equal([['a', '', 'b'], ['c']]);
  });

  it('tells of a PING with its context, and answers with the same', () => {
    const heard = new Heard(GREETING, READY, frame(4, '\x04PING\x00\x00abc'), frame(4, '\x04PING\x00\x00'));
    expect(heard.contexts).to.deep.equal(['abc', '']);
    expect(pong(Buffer.from('abc'))).to.deep.equal(frame(4, '\x04PONGabc'));
  });

  it('passes over a PONG, and over commands that it does not know', () => {
    const heard = new Heard(GREETING, READY, frame(4, '\x04PONG'), frame(4, '\x03NEWx'), frame(0, 'a'));
    expect(heard.messages).to.deep.equal([['a']]);
  });

  it('refuses who speaks something else, an older version, or with keys', () => {
    const altered = (at: number, byte: number): Buffer => {
      const bytes = Buffer.from(GREETING);
      bytes[at] = byte;
      return bytes;
    };
    refused(Buffer.from('HTTP/1.1 400 Bad Request\r\n'.padEnd(64, 'x')));
    refused(altered(10, 2));
    refused(Buffer.concat([GREETING.subarray(0, 12), Buffer.from('CURVE'.padEnd(52, '\0'))]));
  });

  it('refuses a socket that is no ROUTER, one that refuses, and a second READY', () => {
    refused(GREETING, Buffer.from(READY.toString('latin1').replace('ROUTER', 'DEALER'), 'latin1'));
    refused(GREETING, frame(4, '\x05ERROR\x03why'));
    refused(GREETING, READY, READY);
  });

  it('refuses a message before READY, unknown flags, and a PING with much in it', () => {
    refused(GREETING, frame(0, 'a'));
    refused(GREETING, READY, frame(8, 'a'));
    refused(GREETING, READY, frame(4, `\x04PING\x00\x00${'x'.repeat(17)}`));
  });

  it('refuses what is too large by its size, before it has come, and many small frames that are together', () => {
    expect(new Heard(GREETING, READY, frame(0, 'x'.repeat(LIMIT))).messages).to.have.length(1);
    refused(GREETING, READY, frame(0, 'x'.repeat(LIMIT + 1)).subarray(0, 9));
    refused(GREETING, READY, Buffer.from([2, 255, 255, 255, 255, 255, 255, 255, 255]));
    refused(GREETING, READY, ...Array.from({ length: LIMIT }, () => frame(1, '')));
  });
});
