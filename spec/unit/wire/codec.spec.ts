import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Batch,
  decodeBatch,
  encodeEnvelope,
  encodeResponse,
  WireError,
} from '../../../lib/wire/codec.js';
import type { Envelope } from '../../../lib/wire/envelope.js';
import { envelopeProblem } from '../../../lib/wire/validate.js';
import { framesOf, goldens, SENDER, TARGET } from './support.js';

const batchOf = (...envelopes: Envelope[]): Batch => ({
  sender: SENDER,
  target: TARGET,
  sentAt: 12.5,
  envelopes,
});
const [HEADER, BODY] = framesOf(batchOf({ t: 'ping', i: 1 })) as [Buffer, Buffer];

/** The header with one byte changed. */
function changed(at: number, value: number): Buffer {
  const header = Buffer.from(HEADER);
  header[at] = value;
  return header;
}

describe('encodeResponse', () => {
  it('gives the text that the envelope has', () => {
    for (const [v, d] of [
      [undefined, { a: ['x', null] }],
      [2, 'text'],
      [undefined, undefined],
    ] as const) {
      expect(encodeResponse(7, v, d)).to.equal(encodeEnvelope({ t: 'res', i: 7, v, d }));
    }
  });
});

describe('decodeBatch', () => {
  it('refuses a wrong number of frames', () => {
    expect(() => decodeBatch([])).to.throw(WireError, 'expected 2 frames, got 0');
    expect(() => decodeBatch([HEADER, BODY, BODY])).to.throw(WireError, 'expected 2 frames, got 3');
  });

  it('refuses a header of another length, magic, version, content type or time', () => {
    expect(() => decodeBatch([HEADER.subarray(0, 47), BODY])).to.throw(WireError, '47 bytes, not 48');
    expect(() => decodeBatch([changed(0, 0x42), BODY])).to.throw(WireError, 'not an atom message');
    expect(() => decodeBatch([changed(4, 2), BODY])).to.throw(
      WireError,
      'wire version 2; this side speaks 1',
    );
    expect(() => decodeBatch([changed(5, 1), BODY])).to.throw(WireError, 'unknown content type 1');
    for (const time of [NaN, Infinity, -Infinity]) {
      const header = Buffer.from(HEADER);
      header.writeDoubleBE(time, 40);
      expect(() => decodeBatch([header, BODY])).to.throw(WireError, 'sender time is not a number');
    }
  });

  it('reads past the reserved bytes', () => {
    expect(decodeBatch([changed(7, 9), BODY]).envelopes).to.deep.equal([{ t: 'ping', i: 1 }]);
  });

  it('refuses a body that is not a JSON array of envelopes', () => {
    const of = (text: string) => () => decodeBatch([HEADER, Buffer.from(text)]);
    expect(of('[')).to.throw(WireError, 'body is not JSON');
    expect(of('[{"t":"req","dl":Infinity}]')).to.throw(WireError, 'body is not JSON');
    expect(of('{"t":"ping","i":1}')).to.throw(WireError, 'body is not an array');
    expect(of('[null]')).to.throw(WireError, 'an envelope is not an object');
    expect(of('[{"t":"ping","i":1},{"t":"toString"}]')).to.throw(WireError, 'an envelope of an unknown type');
    expect(of('[{"t":"ping","i":-1}]')).to.throw(WireError, "a malformed 'ping' envelope");
    expect(of('['.repeat(100_000))).to.throw(WireError);
  });

  it('never throws anything but a WireError, whatever the bytes', () => {
    const golden = goldens().map(({ header, body }) => [
      Buffer.from(header, 'hex'),
      Buffer.from(body, 'hex'),
    ]);
    const mutation = fc.record({
      which: fc.nat(golden.length - 1),
      frame: fc.nat(1),
      at: fc.nat(400),
      bytes: fc.uint8Array({ maxLength: 4 }),
      cut: fc.option(fc.nat(400)),
    });
    fc.assert(
      fc.property(mutation, ({ which, frame, at, bytes, cut }) => {
        const frames = golden[which]!.map((one) => Buffer.from(one));
        const target = frames[frame]!;
        target.set(bytes.subarray(0, Math.max(0, target.length - at)), Math.min(at, target.length));
        if (cut !== null) frames[frame] = target.subarray(0, cut);
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
        decodesOrRefuses([HEADER, Buffer.from(`[${text}]`)]);
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
