import { randomBytes } from 'node:crypto';
import { encodeBody, encodeHeader } from '../../lib/wire/codec.js';

const header = (): Buffer => encodeHeader(randomBytes(16), Buffer.alloc(16), 1);

function changed(at: number, ...bytes: number[]): Buffer {
  const bytesOf = header();
  bytesOf.set(bytes, at);
  return bytesOf;
}

/** One message of each kind that is not of the wire: its frames. */
export function malformedMessages(): Buffer[][] {
  const good = Buffer.from(encodeBody(['{"t":"ping","i":1}']));
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
    [header()],
    [Buffer.alloc(0), Buffer.alloc(0)],
    [good, header()],
    [header(), good, good],
    Array.from({ length: 100 }, () => header()),
    [header().subarray(0, 47), good],
    [Buffer.concat([header(), Buffer.alloc(1)]), good],
    [changed(0, 0), good],
    [changed(4, 0), good],
    [changed(4, 2), good],
    [changed(5, 1), good],
    [changed(40, 0x7f, 0xf8), good],
    [changed(40, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0), good],
    [header(), Buffer.alloc(0)],
    [header(), Buffer.from('[')],
    [header(), Buffer.from('[{"t":"ping","i":1},]')],
    [header(), Buffer.from('{"t":"ping","i":1}')],
    [header(), Buffer.from('null')],
    [header(), Buffer.from([0xff, 0xfe, 0x00])],
    [header(), Buffer.from('['.repeat(100_000))],
    ...envelopes.map((envelope) => [header(), Buffer.from(JSON.stringify([envelope]))]),
    // A good envelope does not redeem its neighbour.
    [header(), Buffer.from('[{"t":"ping","i":1},{"t":"nonsense"}]')],
  ];
}
