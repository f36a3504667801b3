import { expect } from 'chai';
import { shapeOf } from '../../../../nucleus/cli/schema.js';
import { fieldLines, shapeInWords } from '../../../../nucleus/cli/shape-text.js';
import { problemOf } from '../../../../nucleus/cli/value-check.js';

const words = (schema: Record<string, unknown>): string => shapeInWords(shapeOf(schema));

describe('shapeOf', () => {
  for (const [schema, expected] of [
    [{}, 'any'],
    [{ type: 'string', format: 'uuid' }, 'string, uuid'],
    [{ type: 'string', minLength: 2, maxLength: 5 }, 'string, 2 to 5 characters'],
    [{ type: ['integer', 'null'], exclusiveMinimum: 0 }, 'integer, > 0, or null'],
    [{ type: 'number', minimum: 1, maximum: 9, multipleOf: 2 }, 'number, ≥ 1, ≤ 9, a multiple of 2'],
    [{ enum: ['a', 'b'] }, 'one of "a", "b"'],
    [{ const: 1 }, 'one of 1'],
    [{ type: 'array', items: { type: 'string' }, minItems: 1 }, 'list of string, at least 1 items'],
    [{ anyOf: [{ type: 'string', format: 'email' }, { type: 'null' }] }, 'string, email, or null'],
    [{ type: 'string', allOf: [{ pattern: '^a' }] }, 'string, /^a/'],
    [{ not: { enum: ['', null] }, type: 'string' }, 'string, not "", null'],
    [{ type: 7, enum: 'x', properties: [], items: null, $ref: 'elsewhere' }, 'any'],
  ] as const) {
    it(`reads ${JSON.stringify(schema)}`, () => {
      expect(words(schema)).to.equal(expected);
    });
  }

  it('follows references, and ends where a class holds itself', () => {
    const tree = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        child: { anyOf: [{ $ref: '#' }, { type: 'null' }] },
        at: { $ref: '#/$defs/A~1B' },
      },
      required: ['name'],
      $defs: { 'A/B': { type: 'object', properties: { x: { type: 'number', default: 1 } } } },
    };
    const lines = fieldLines(shapeOf(tree));
    expect(lines.slice(0, 3)).to.deep.equal([
      { path: 'name', words: 'string', presence: 'required' },
      { path: 'child', words: 'object, or null', presence: 'optional' },
      { path: 'child.name', words: 'string', presence: 'required' },
    ]);
    expect(lines.at(-1)).to.deep.equal({ path: 'at.x', words: 'number', presence: 'default 1' });
    expect(lines.length).to.be.lessThan(1000);
  });

  it('names the fields of listed objects by their path', () => {
    const schema = {
      type: 'object',
      properties: {
        items: { type: 'array', items: { type: 'object', properties: { sku: { type: 'string' } } } },
      },
    };
    expect(fieldLines(shapeOf(schema)).map(({ path }) => path)).to.deep.equal(['items', 'items[].sku']);
  });
});

describe('problemOf', () => {
  for (const [schema, value, expected] of [
    [{ type: 'integer' }, 1.5, 'whole number'],
    [{ type: 'number', minimum: 2 }, 1, 'at least 2'],
    [{ type: 'number', exclusiveMaximum: 2 }, 2, 'less than 2'],
    [{ type: 'string', minLength: 2 }, 'a', 'at least 2'],
    [{ type: 'string', maxLength: 1 }, 'ab', 'at most 1'],
    [{ type: 'string', format: 'uuid' }, 'x', 'uuid'],
    [{ type: 'string', format: 'email' }, 'x', 'email'],
    [{ type: 'string', pattern: '^a$' }, 'b', '/^a$/'],
    [{ type: 'string', not: { enum: [''] } }, '', 'empty'],
    [{ enum: [1, 2] }, 3, 'one of 1, 2'],
  ] as const) {
    it(`refuses ${JSON.stringify(value)} for ${JSON.stringify(schema)}`, () => {
      expect(problemOf(shapeOf(schema), value)).to.include(expected);
    });
  }

  it('takes what the schema takes, and what it does not understand', () => {
    expect(problemOf(shapeOf({ type: 'string', pattern: '(' }), 'a')).to.equal(undefined);
    expect(problemOf(shapeOf({ type: ['integer', 'null'] }), null)).to.equal(undefined);
    expect(
      problemOf(shapeOf({ type: 'string', format: 'uuid' }), '6f1c2b1e-5a0e-4b6f-9a8e-0c6d9d1b7a55'),
    ).to.equal(undefined);
  });
});
