import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { unrolledCheck, unrolledRevive } from '../../../lib/lexicon/unroll.js';
import { ROOT } from '../../support/tree.js';

describe('unrolled loops over keys', () => {
  class Made {
    kept = 1;
  }
  const plain = (): unknown => 'copied';

  it('check each key once, in order, up to the first no', () => {
    const asked: unknown[] = [];
    const check = (verdict: boolean) => (_: object, value: unknown, whole: boolean) => {
      asked.push([value, whole]);
      return verdict;
    };
    const run = unrolledCheck(['a', 'b"\\', 'c'], [check(true), check(false), check(true)])!;
    expect(run({ a: 1, 'b"\\': 2, c: 3 }, true)).to.equal(false);
    expect(asked).to.deep.equal([
      [1, true],
      [2, true],
    ]);
  });

  it('revive what is there, copy only objects, and leave defaults', () => {
    const run = unrolledRevive(Made, ['a', 'kept', 'o', 't'], [plain, plain, plain, String], plain)!;
    const instance = run({ a: 'x', o: {}, t: 5, other: 1 }, 1);
    expect(instance).to.be.instanceOf(Made);
    expect({ ...instance }).to.deep.equal({ kept: 1, a: 'x', o: 'copied', t: '5' });
  });

  it('are not needed: where code cannot be made from text, lexemes check as they do elsewhere', () => {
    const script = `
      import { IsInt, IsString } from 'class-validator';
      import { compileLexeme } from 'atomjs';
      class Item {}
      IsInt()(Item.prototype, 'count');
      IsString()(Item.prototype, 'name');
      const lexeme = compileLexeme(Item);
      const right = lexeme.parse({ count: 1, name: 'n', other: 2 });
      let refused = '';
      try { lexeme.parse({ count: 'x', name: 'n' }); } catch (error) { refused = error.code; }
      let unrolls = true;
      try { new Function(''); } catch { unrolls = false; }
      console.log(JSON.stringify({ right, refused, unrolls }));`;
    const args = ['--disallow-code-generation-from-strings', '--input-type=module', '-e', script];
    const output = execFileSync(process.execPath, args, { cwd: join(ROOT, 'spec'), encoding: 'utf8' });
    expect(JSON.parse(output)).to.deep.equal({
      right: { count: 1, name: 'n' },
      refused: 'INVALID_ARGUMENT',
      unrolls: false,
    });
  });
});
