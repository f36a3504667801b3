import { expect } from 'chai';
import { decodeBatch, encodeBatch, encodeHeader, WireError } from '../../../lib/wire/codec.js';
import { MAX_RUN, requestInRun, responseHead, responseInRun } from '../../../lib/wire/run.js';
import { protocolBlocks, SENDER, TARGET } from './support.js';

const HEADER = encodeHeader(SENDER, TARGET);
const REQUEST = '{"t":"req","s":"@a/b","o":"x"';

function decoded(body: string): unknown {
  const { envelopes } = decodeBatch([Buffer.from(HEADER + body)]);
  return JSON.parse(JSON.stringify(envelopes));
}

describe('run', () => {
  it('joins what follows one another with equal heads, keeps the order, and is read as if each came alone', () => {
    const text = encodeBatch(HEADER, 5, [
      ...[REQUEST, requestInRun(1, 10, '{"a":1}')],
      ...[REQUEST, requestInRun(2, 11, 'null')],
      ...['', '{"t":"ping","i":1}'],
      ...[REQUEST, requestInRun(3, 12, '[]')],
      ...[responseHead(2), responseInRun(4, '"done"')],
      ...[responseHead(undefined), responseInRun(5, '0')],
    ]);
    expect(text.slice(HEADER.length)).to.equal(
      '[5,{"t":"req","s":"@a/b","o":"x","ms":[1,10,{"a":1},2,11,null]},{"t":"ping","i":1},' +
        '{"t":"req","s":"@a/b","o":"x","ms":[3,12,[]]},{"t":"res","v":2,"ms":[4,"done"]},{"t":"res","ms":[5,0]}]',
    );
    const request = { t: 'req', s: '@a/b', o: 'x' };
    expect(decoded(text.slice(HEADER.length))).to.deep.equal([
      { ...request, i: 1, dl: 10, d: { a: 1 } },
      { ...request, i: 2, dl: 11, d: null },
      { t: 'ping', i: 1 },
      { ...request, i: 3, dl: 12, d: [] },
      { t: 'res', v: 2, i: 4, d: 'done' },
      { t: 'res', i: 5, d: 0 },
    ]);
  });

  it('gives each message what its head says of all', () => {
    const head = { t: 'req', s: '@a/b', o: 'x', by: '@c/d', v: 3, h: { a: 'b' }, a: 2, k: 'key', u: 'once' };
    const each = (i: number) => ({ ...head, i, dl: 9, d: {} });
    const run = JSON.stringify({ ...head, ms: [1, 9, {}, 2, 9, {}] });
    expect(decoded(`[1,${run}]`)).to.deep.equal([each(1), each(2)]);
  });

  it('stands in PROTOCOL.md with examples that decode', () => {
    const [requests, responses] = protocolBlocks('json run');
    expect(decoded(`[1,${requests}]`)).to.have.length(2);
    expect(decoded(`[1,${responses}]`)).to.have.length(2);
  });

  const wrong: Record<string, string> = {
    'of nothing': `${REQUEST},"ms":[]}`,
    'of a number of values that is no multiple': `${REQUEST},"ms":[1,1,{},2]}`,
    'that is longer than the limit': `{"t":"res","ms":[${'1,0,'.repeat(MAX_RUN)}1,0]}`,
    'of a type that comes in no runs': '{"t":"ping","ms":[1,2]}',
    'whose head is malformed': '{"t":"req","s":"","o":"x","ms":[1,1,{}]}',
    'with an id that is none, later on': `${REQUEST},"ms":[1,1,{},"2",1,{}]}`,
    'with a deadline that is none, later on': `${REQUEST},"ms":[1,1,{},2,null,{}]}`,
  };
  for (const [what, text] of Object.entries(wrong)) {
    it(`refuses one ${what}`, () => {
      expect(() => decoded(`[1,${text}]`)).to.throw(WireError);
    });
  }
});
