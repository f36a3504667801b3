import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeBatch,
  encodeEnvelope,
  encodeResponse,
  HEADER_CHARS,
  WireError,
} from '../../../lib/wire/codec.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import { envelopeProblem } from '../../../lib/wire/validate.js';
import { framesOf, goldens, readAs, type Said, SENDER, TARGET } from './support.js';

const batchOf = (...envelopes: Envelope[]): Said => ({
  sender: SENDER,
  target: TARGET,
  sentAt: 12.5,
  envelopes,
});
const [MESSAGE] = framesOf(batchOf({ t: 'ping', i: 1 }));
const HEADER = MESSAGE.toString('latin1', 0, HEADER_CHARS);

/** The message with some of its characters changed. */
function changed(at: number, text: string): Buffer[] {
  const message = Buffer.from(MESSAGE);
  message.write(text, at);
  return [message];
}

describe('encodeResponse', () => {
  it('gives the text that the envelope has', () => {
    for (const [v, d] of [
      [undefined, { a: ['x', null] }],
      [2, 'text'],
      [undefined, undefined],
    ] as const) {
      expect(encodeResponse(7, v, JSON.stringify(d))).to.equal(encodeEnvelope({ t: 'res', i: 7, v, d }));
    }
  });
});

describe('decodeBatch', () => {
  it('refuses a wrong number of frames', () => {
    expect(() => decodeBatch([])).to.throw(WireError, 'expected 1 frame, got 0');
    expect(() => decodeBatch([MESSAGE, MESSAGE])).to.throw(WireError, 'expected 1 frame, got 2');
  });

  it('refuses a header of another length, magic, version, content type or other ids', () => {
    const refusal = (frames: Buffer[], text: string) =>
      expect(() => decodeBatch(frames)).to.throw(WireError, text);
    refusal([MESSAGE.subarray(0, 69)], 'message of 69 bytes; the header alone has 70');
    refusal([Buffer.alloc(0)], 'message of 0 bytes');
    refusal(changed(0, 'B'), 'not an atom message');
    refusal(changed(4, '2'), 'wire version 2; this side speaks 1');
    refusal(changed(5, 'M'), 'unknown content type M');
    refusal(changed(20, 'g'), 'not 32 lower-case hex digits');
    refusal(changed(69, 'A'), 'not 32 lower-case hex digits');
    decodeBatch([MESSAGE]); // what it remembers of the last message makes none of these right
    refusal(changed(38, 'z'), 'not 32 lower-case hex digits');
  });

  it('refuses a time that is no number, or none', () => {
    for (const body of ['["1",{"t":"ping","i":1}]', '[null]', '[]', '[1e999]']) {
      expect(() => decodeBatch([Buffer.from(HEADER + body)]), body).to.throw(
        WireError,
        'sender time is not a number',
      );
    }
  });

  it('tells senders and targets apart, one message after another', () => {
    const other = { sender: TARGET, target: SENDER, sentAt: 3, envelopes: [] };
    for (const batch of [batchOf(), other, batchOf(), batchOf(), other]) {
      const frames = framesOf(batch);
      expect(decodeBatch(frames)).to.deep.equal(readAs(batch, frames[0]));
    }
  });

  it('refuses a body that is not a JSON array of envelopes', () => {
    const of = (text: string) => () => decodeBatch([Buffer.from(HEADER + text)]);
    expect(of('[')).to.throw(WireError, 'body is not JSON');
    expect(of('[1,{"t":"req","dl":Infinity}]')).to.throw(WireError, 'body is not JSON');
    expect(of('{"t":"ping","i":1}')).to.throw(WireError, 'body is not an array');
    expect(of('[1,null]')).to.throw(WireError, 'an envelope is not an object');
    expect(of('[1,{"t":"ping","i":1},{"t":"toString"}]')).to.throw(
      WireError,
      'an envelope of an unknown type',
    );
    expect(of('[1,{"t":"ping","i":-1}]')).to.throw(WireError, "a malformed 'ping' envelope");
    expect(of('['.repeat(100_000))).to.throw(WireError);
  });

  it('never throws anything but a WireError, whatever the bytes', () => {
    const golden = goldens().map(({ text }) => [Buffer.from(text)]);
    const mutation = fc.record({
      which: fc.nat(golden.length - 1),
      at: fc.nat(400),
      bytes: fc.uint8Array({ maxLength: 4 }),
      cut: fc.option(fc.nat(400)),
    });
    fc.assert(
      fc.property(mutation, ({ which, at, bytes, cut }) => {
        const frames = golden[which]!.map((one) => Buffer.from(one));
        const target = frames[0]!;
        target.set(bytes.subarray(0, Math.max(0, target.length - at)), Math.min(at, target.length));
        if (cut !== null) frames[0] = target.subarray(0, cut);
        decodesOrRefuses(frames);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (frames) =>
        decodesOrRefuses(frames.map((frame) => Buffer.from(frame))),
      ),
    );
  });
});

describe('envelopeProblem', () => {
  it('answers, and never throws, for any JSON in any field of any message', () => {
    const fields = [
      't',
      'i',
      's',
      'o',
      'dl',
      'by',
      'h',
      'v',
      'd',
      'a',
      'c',
      'm',
      'x',
      'r',
      'p',
      'g',
      'n',
      'why',
    ];
    const envelopes = goldens().flatMap(({ batch }) => batch.envelopes);
    const change = fc.tuple(
      fc.nat(envelopes.length - 1),
      fc.constantFrom(...fields, 'from', 'record', '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(change, ([which, key, value]) => {
        const text = JSON.stringify({ ...envelopes[which], [key]: value });
        decodesOrRefuses([Buffer.from(`${HEADER}[1,${text}]`)]);
        envelopeProblem(value);
      }),
      { numRuns: 3000 },
    );
  });

  const call = { t: 'req', i: 1, s: '@a/b', o: 'x', dl: 1 };
  const wrong: Record<string, object> = {
    'an id that is no whole number': { ...call, i: 1.5 },
    'an id beyond 2^53': { ...call, i: 2 ** 53 },
    'an empty operation': { ...call, o: '' },
    'a service of 256 characters': { ...call, s: 's'.repeat(256) },
    'a deadline that is text': { ...call, dl: '1' },
    'a version of 0': { ...call, v: 0 },
    'a header that is a number': { ...call, h: { a: 1 } },
    'headers that are a list': { ...call, h: [] },
    '65 headers': { ...call, h: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`h${n}`, ''])) },
    'an unknown error code': { t: 'err', i: 1, c: 'constructor', o: 'FAILED', m: '' },
    'an unknown outcome': { t: 'err', i: 1, c: 'INTERNAL', o: 'DONE', m: '' },
    'an error text of 4,097 characters': { t: 'err', i: 1, c: 'INTERNAL', o: 'FAILED', m: 'x'.repeat(4097) },
    'a delivery that does not exist': { t: 'sub', i: 1, p: 'a', s: 'b', g: 'all' },
    'a heartbeat of something else than pairs': { t: 'beat', n: [1] },
    'a goodbye without a reason': { t: 'bye' },
    'a record that is a list': { t: 'info', record: [] },
  };
  for (const [what, envelope] of Object.entries(wrong)) {
    it(`refuses ${what}`, () => {
      expect(envelopeProblem(envelope)).to.match(/^a malformed '/);
    });
  }
});

function decodesOrRefuses(frames: Buffer[]): void {
  try {
    decodeBatch(frames);
  } catch (error) {
    expect(error).to.be.instanceOf(WireError);
  }
}
