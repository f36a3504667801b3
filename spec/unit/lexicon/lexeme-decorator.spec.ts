import { expect } from 'chai';
import { Lexeme, type LexemeOptions } from '../../../lib/decorators/lexeme.js';
import { lexemeRecord } from '../../../lib/lexicon/lexeme-record.js';

const step = (old: object) => old;

function decorate(label: string, options?: LexemeOptions) {
  class Order {}
  Lexeme(label, options)(Order);
  return lexemeRecord.read(Order);
}

describe('@Lexeme', () => {
  it('records label, version, strictness and durability, with their defaults', () => {
    expect(decorate('order.placed')).to.deep.equal({
      label: 'order.placed',
      version: 1,
      upcast: new Map(),
      strict: false,
      durable: false,
    });
    expect(decorate('a-b.c_d.9', { version: 2, strict: true, durable: true })).to.include({
      version: 2,
      strict: true,
      durable: true,
    });
  });

  it('is not inherited', () => {
    @Lexeme('base')
    class Base {}
    class Sub extends Base {}
    expect(lexemeRecord.read(Sub)).to.equal(undefined);
  });

  for (const label of ['', '.', 'a.', '.a', 'a..b', 'a b', 'a.*', 'order.>', 'ö', 'a\n', '@ns/a', 'a|||b']) {
    it(`refuses ${JSON.stringify(label)}, which is no topic`, () => {
      expect(() => decorate(label)).to.throw(/@Lexeme on Order: the label .* cannot be a topic; write/);
    });
  }

  for (const version of [0, -1, 1.5, NaN, Infinity, '2' as unknown as number]) {
    it(`refuses the version ${String(version)} of type ${typeof version}`, () => {
      expect(() => decorate('a', { version })).to.throw(
        /@Lexeme on Order: the version .* is not a whole number from 1/,
      );
    });
  }

  it('finds a missing step', () => {
    expect(() => decorate('a', { version: 3, upcast: { 1: step } })).to.throw(/no step from version 2 to 3/);
    expect(() => decorate('a', { version: 4, upcast: { 1: step, 3: step } })).to.throw(
      /no step from version 2 to 3/,
    );
  });

  it('may begin later than version 1: what is older is no longer taken', () => {
    expect(decorate('a', { version: 3, upcast: { 2: step } })!.upcast.size).to.equal(1);
  });

  it('refuses steps that would never run, and steps that are none', () => {
    expect(() => decorate('a', { version: 2, upcast: { 1: step, 2: step } })).to.throw(
      /step from version 2, which is not older/,
    );
    expect(() => decorate('a', { version: 2, upcast: { one: step } as never })).to.throw(/has the key 'one'/);
    expect(() => decorate('a', { version: 2, upcast: { 1: {} as never } })).to.throw(
      /upcast\[1\] is not a function/,
    );
  });

  it('refuses to stand twice on one class', () => {
    expect(() => {
      @Lexeme('a')
      @Lexeme('b')
      class Twice {}
      return Twice;
    }).to.throw(/@Lexeme on Twice: it is there twice/);
  });
});
