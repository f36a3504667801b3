import { expect } from 'chai';
import fc from 'fast-check';
import { jsonProblem, showProblem } from '../../../../nucleus/cli/json-problem.js';

describe('jsonProblem', () => {
  it('finds nothing wrong with JSON, and something with all else', () => {
    const text = fc.oneof(
      fc.json(),
      fc.json().map((json) => ` \n${json}\t `),
      fc.tuple(fc.json(), fc.nat(40)).map(([json, at]) => json.slice(0, at) + json.slice(at + 1)),
      fc
        .tuple(fc.json(), fc.nat(40), fc.constantFrom(...'{}[]",:\\\'01-+.eE \nut'))
        .map(([json, at, more]) => json.slice(0, at) + more + json.slice(at)),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (given) => {
        let isJson = true;
        try {
          JSON.parse(given);
        } catch {
          isJson = false;
        }
        expect(jsonProblem(given) === undefined, given).to.equal(isJson);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [text, offset, expected] of [
    ["{'a': 1}", 1, 'a key in double quotes'],
    ['{"a": \'b\'}', 6, 'a double quote (")'],
    ['{"a" 1}', 5, "':'"],
    ['{"a": 1 "b": 2}', 8, "',' or '}'"],
    ['[1, 2', 5, "',' or ']'"],
    ['[1, ]', 4, 'a value'],
    ['{"a": 01}', 7, "',' or '}'"],
    ['"abc', 4, 'the closing quote of the string that begins at character 1'],
    ['"a\\x"', 2, 'an escape that JSON has'],
    ['1 2', 2, 'the end'],
    ['', 0, 'a value'],
  ] as const) {
    it(`finds the place in ${text || 'nothing'}`, () => {
      const problem = jsonProblem(text);
      expect(problem?.offset).to.equal(offset);
      expect(problem?.expected).to.include(expected);
    });
  }

  it('is not overwhelmed by depth', () => {
    expect(jsonProblem('['.repeat(100_000))).to.have.property('expected');
  });
});

describe('showProblem', () => {
  it('shows the line with a mark below the mistake', () => {
    const text = '{\n  "a": 1,\n  b: 2\n}';
    expect(showProblem(text, jsonProblem(text)!)).to.equal(
      'in line 3, at character 3 should stand a key in double quotes:\n    b: 2\n    ^',
    );
  });

  it('shows what is around it of a long line', () => {
    const text = `[${'1,'.repeat(200)}x]`;
    const [, line = '', mark = ''] = showProblem(text, jsonProblem(text)!).split('\n');
    expect(line.length).to.be.lessThan(80);
    expect(line.charAt(mark.indexOf('^'))).to.equal('x');
  });
});
