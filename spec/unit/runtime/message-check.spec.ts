import { IsInt } from 'class-validator';
import { expect } from 'chai';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { checkOf } from '../../../lib/lexicon/message-type.js';
import { checkMessage, serializeMessage, versionOf } from '../../../lib/runtime/message-check.js';
import { errorOf } from './support.js';

@Lexeme('point', { version: 2 })
class Point {
  @IsInt() x!: number;
}

describe('the check of a message', () => {
  const lexeme = checkOf(Point);

  it('revives a lexeme, and refuses what is none', async () => {
    expect(checkMessage(lexeme, { x: 1, y: 2 }, 2))
      .to.be.instanceOf(Point)
      .and.deep.equal({ x: 1 });
    const error = await errorOf(() => checkMessage(lexeme, { x: 'no' }, 2));
    expect(error).to.include({ code: 'INVALID_ARGUMENT' });
    expect(error.details).to.have.nested.property('[0].path', 'x');
    expect((await errorOf(() => checkMessage(lexeme, { x: 1 }, 3))).code).to.equal('INVALID_ARGUMENT');
  });

  it('takes a primitive of its type only, and names what came', async () => {
    const text = checkOf(String);
    expect(checkMessage(text, 'x', 1)).to.equal('x');
    for (const [value, name] of [
      [1, 'a number'],
      [null, 'null'],
      [[], 'an array'],
      [undefined, 'a undefined'],
    ] as const) {
      expect((await errorOf(() => checkMessage(text, value, 1))).message).to.equal(
        `Invalid message: expected a string, got ${name}`,
      );
    }
  });

  it('gives nothing where the handler takes nothing', () => {
    expect(checkMessage({ kind: 'none' }, { a: 1 }, 1)).to.equal(undefined);
  });

  it('takes anything, without dangerous keys and not too deep', async () => {
    const data = JSON.parse('{"__proto__":{"a":1},"b":2}') as unknown;
    expect(Object.keys(checkMessage(checkOf('any'), data, 1) as object)).to.deep.equal(['b']);
    const deep = JSON.parse('['.repeat(33) + ']'.repeat(33)) as unknown;
    expect((await errorOf(() => checkMessage(checkOf('any'), deep, 1))).message).to.include('deeper than 32');
  });

  it('checks what is sent as well, and sends a version only where it is not 1', async () => {
    expect(serializeMessage(lexeme, { x: 1, secret: 2 })).to.deep.equal({ x: 1 });
    expect((await errorOf(() => serializeMessage(lexeme, {}))).code).to.equal('INVALID_ARGUMENT');
    expect(versionOf(lexeme)).to.equal(2);
    expect(versionOf(checkOf(Number))).to.equal(undefined);
  });
});
