import { randomBytes } from 'node:crypto';
import { ANYBODY, encodeHeader } from '../../lib/wire/codec.js';

const header = (): string => encodeHeader(randomBytes(16).toString('hex'), ANYBODY);
/** A right message to anybody that listens. */
export const goodMessage = (...envelopes: string[]): Buffer =>
  Buffer.from(`${header()}[${['1', ...envelopes].join(',')}]`);
const PING = '{"t":"ping","i":1}';

function changed(at: number, text: string): Buffer[] {
  const bytes = goodMessage(PING);
  bytes.write(text, at);
  return [bytes];
}

/** One message of each kind that is not of the wire: its frames. */
export function malformedMessages(): Buffer[][] {
  const call = { t: 'req', i: 1, s: '@a/b', o: 'c', dl: 1 };
  const signal = { t: 'sig', i: 1, s: '@a/b', p: 'c', dl: 1 };
  const subscribe = { t: 'sub', i: 1, p: 'a', s: '@a/b', g: 'group' };
  const event = { t: 'evt', i: 1, n: 1, p: 'a' };
  const error = { t: 'err', i: 1, c: 'INTERNAL', o: 'FAILED', m: '' };
  const envelopes: unknown[] = [
    null,
    1,
    'ping',
    [],
    {},
    { t: 1 },
    { t: 'nonsense' },
    { t: 'constructor' },
    { t: '__proto__' },
    { t: 'ping' },
    { t: 'pong', i: -1 },
    { t: 'can', i: 1.5 },
    { t: 'acc', i: '1' },
    { t: 'uns', i: 2 ** 60 },
    { ...call, ms: [] },
    { ...call, ms: [1, 1] },
    { ...call, ms: [1, 1, {}, 2, null, {}] },
    { ...call, ms: [1, 1, {}, -2, 1, {}] },
    { ...call, o: '', ms: [1, 1, {}] },
    { ...signal, ms: [1, 1, {}] },
    { t: 'res', ms: [1, {}, '2', {}] },
    { t: 'info' },
    { t: 'info', record: null },
    { t: 'info', record: [] },
    { ...call, i: undefined },
    { ...call, i: null },
    { ...call, s: '' },
    { ...call, s: 'x'.repeat(256) },
    { ...call, s: { toString: 'x' } },
    { ...call, o: undefined },
    { ...call, o: ['c'] },
    { ...call, dl: '1' },
    { ...call, dl: null },
    { ...call, by: 1 },
    { ...call, v: 0 },
    { ...call, v: 1.5 },
    { ...call, a: -1 },
    { ...call, h: 'x' },
    { ...call, h: [] },
    { ...call, h: { a: 1 } },
    { ...call, h: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`h${at}`, ''])) },
    { ...signal, p: '' },
    { ...signal, p: undefined },
    { ...signal, dl: undefined },
    { t: 'res' },
    { t: 'res', i: 1, v: 'x' },
    { ...error, c: 'NO_SUCH_CODE' },
    { ...error, c: 'toString' },
    { ...error, o: 'PERHAPS' },
    { ...error, m: 1 },
    { ...error, m: 'x'.repeat(4097) },
    { ...error, r: 'yes' },
    { ...subscribe, g: 'all' },
    { ...subscribe, p: 1 },
    { ...subscribe, s: '' },
    { ...subscribe, from: 1 },
    { t: 'subd', i: 1 },
    { ...event, n: null },
    { ...event, p: '' },
    { ...event, h: { a: null } },
    { t: 'beat' },
    { t: 'beat', n: [1] },
    { t: 'beat', n: [[1]] },
    { t: 'bye' },
    { t: 'bye', why: 'bored' },
  ];
  return [
    [Buffer.alloc(0), Buffer.alloc(0)],
    [Buffer.from(header())],
    [Buffer.from(header()), Buffer.from(`[1,${PING}]`)],
    [goodMessage(PING), goodMessage(PING)],
    Array.from({ length: 100 }, () => goodMessage(PING)),
    [goodMessage(PING).subarray(0, 69)],
    [goodMessage(PING).subarray(1)],
    [Buffer.concat([goodMessage(PING), Buffer.alloc(1)])],
    changed(0, 'B'),
    changed(4, '0'),
    changed(4, '2'),
    changed(5, 'j'),
    changed(6, 'Z'),
    changed(37, '\0'),
    changed(69, 'F'),
    [Buffer.concat([Buffer.from([0xff, 0xfe]), goodMessage(PING)])],
    ...[
      '',
      '[',
      '[]',
      `[${PING}]`,
      `["1",${PING}]`,
      `[null,${PING}]`,
      `[1e999,${PING}]`,
      `[1,${PING},]`,
      PING,
      'null',
      '\u0000',
      '['.repeat(100_000),
      // A good envelope does not redeem its neighbour.
      `[1,${PING},{"t":"nonsense"}]`,
    ].map((body) => [Buffer.from(header() + body)]),
    ...envelopes.map((envelope) => [goodMessage(JSON.stringify(envelope))]),
  ];
}
