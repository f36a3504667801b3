import { expect } from 'chai';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsDate,
  IsEmail,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  ValidateNested,
  validateSync,
  type ValidationError,
} from 'class-validator';
import fc from 'fast-check';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { AtomError, type FieldError } from '../../../lib/errors.js';
import { compileLexeme } from '../../../lib/lexicon/compile.js';
import type { Class } from '../../../lib/metadata/definitions.js';
import { RULES, VALUES } from './rule-catalogue.js';

const SCALE = Number(process.env['ATOM_SPEC_SCALE'] ?? 1);
const KEYS = ['a', 'b', 'c'];

class Nested {
  @IsString() sku!: string;
}

const TYPES: Readonly<Record<string, (() => unknown) | undefined>> = {
  none: undefined,
  nested: () => Nested,
  date: () => Date,
  number: () => Number,
  string: () => String,
  boolean: () => Boolean,
  object: () => Object,
};

interface FieldPlan {
  readonly rules: readonly string[];
  readonly each: boolean;
  readonly type: string;
}

/** Classes stay registered for ever, and class-validator looks through all of them: equal plans share one. */
const made = new Map<string, Class>();

function classOf(plans: readonly FieldPlan[]): Class {
  const name = JSON.stringify(plans);
  let type = made.get(name);
  if (!type) {
    class Generated {}
    plans.forEach(({ rules, each, type }, index) => {
      const key = KEYS[index]!;
      for (const rule of rules) RULES[rule]!({ each })(Generated.prototype, key);
      const target = TYPES[type];
      if (target) Type(target as () => Class)(Generated.prototype, key);
    });
    made.set(name, (type = Generated));
  }
  return type;
}

interface Verdict {
  readonly errors: readonly string[];
  readonly instance: unknown;
}

const flatten = (errors: readonly ValidationError[], parent = ''): string[] =>
  errors.flatMap(({ property, constraints, children }) => {
    const path = [parent, property].filter(Boolean).join('.');
    return [
      ...Object.keys(constraints ?? {}).map((rule) => `${path} ${rule}`),
      ...flatten(children ?? [], path),
    ];
  });

/** Undefined where they trip over the data, as `Number({ toString: 1 })` does. */
function theirs(type: Class, data: object, strict: boolean): Verdict | undefined {
  try {
    const instance = plainToInstance(type, structuredClone(data), { exposeDefaultValues: true });
    const errors = flatten(validateSync(instance, { whitelist: true, forbidNonWhitelisted: strict }));
    return { errors, instance: errors.length > 0 ? undefined : instance };
  } catch {
    return undefined;
  }
}

function ours(type: Class, data: object): Verdict {
  try {
    return { errors: [], instance: compileLexeme(type).parse(data) };
  } catch (error) {
    if (!(error instanceof AtomError)) throw error;
    const errors = (error.details as FieldError[]).map(({ path, rule }) => `${path} ${rule}`);
    return { errors, instance: undefined };
  }
}

const text = (value: unknown) =>
  JSON.stringify(value, (_key, item: unknown) => (item === undefined ? null : item));

function agree(type: Class, data: object, strict = false): void {
  const before = text(data);
  const expected = theirs(type, data, strict);
  const actual = ours(type, data);
  expect(text(data)).to.equal(before);
  if (!expected) return;
  expect([...actual.errors].sort()).to.deep.equal([...expected.errors].slice(0, 20).sort());
  if (expected.instance !== undefined) {
    expect(actual.instance).to.be.instanceOf(type);
    expect(sorted(actual.instance)).to.equal(sorted(expected.instance));
  }
}

/** An instance is judged as it stands, and is not changed. */
function agreeOnInstance(type: Class, data: object): void {
  if (!theirs(type, data, false)) return;
  const make = () => plainToInstance(type, structuredClone(data), { exposeDefaultValues: true });
  const expected = flatten(validateSync(make(), { whitelist: true }));
  const instance = make();
  const actual = ours(type, instance);
  expect([...actual.errors].sort()).to.deep.equal(expected.slice(0, 20).sort());
  expect(sorted(instance)).to.equal(sorted(make()));
}

/** Keys in one order, classes named. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${value.constructor.name}{${entries.map(([key, item]) => `${key}:${sorted(item)}`).join(',')}}`;
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...VALUES), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
const data = fc.record({ a: value, b: value, c: value, extra: value }, { requiredKeys: [] });
const names = Object.keys(RULES);

describe('the compiled rules agree with class-transformer and class-validator', function () {
  this.timeout(60_000 * Math.max(1, SCALE));

  it('on each rule that class-validator ships, alone and with each', () => {
    for (const rule of names) {
      for (const each of [false, true]) {
        const type = classOf([{ rules: [rule], each, type: rule === 'ValidateNested' ? 'nested' : 'none' }]);
        for (const item of VALUES) agree(type, { a: item });
        agree(type, {});
      }
    }
  });

  it('on rules, types and keys in any combination', () => {
    const plan = fc.record({
      rules: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }),
      each: fc.boolean(),
      type: fc.constantFrom(...Object.keys(TYPES)),
    });
    // More messages rather than more classes: class-validator looks through every class for each message.
    const messages = fc.array(data, { minLength: 4, maxLength: Math.ceil(12 * SCALE) });
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 3 }), messages, (plans, samples) => {
        const type = classOf(plans);
        for (const sample of samples) agree(type, sample);
      }),
      { numRuns: 400 },
    );
  });

  it('on nested lists and trees of ordinary lexemes', () => {
    class Leaf {
      @IsString() sku!: string;
      @IsOptional() @IsString({ each: true }) tags?: string[];
      @IsInt() @IsPositive() quantity = 1;
    }
    class Tree {
      @IsUUID() id!: string;
      @IsEmail() email!: string;
      @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Leaf[];
      @IsOptional() @ValidateNested() @Type(() => Tree) next?: Tree;
      @IsDate() @Type(() => Date) at!: Date;
    }
    const mostly = <T>(right: T, wrong: fc.Arbitrary<unknown> = value) =>
      fc.oneof({ weight: 12, arbitrary: fc.constant<unknown>(right) }, { weight: 1, arbitrary: wrong });
    const leaf = fc.record(
      { sku: mostly('A-1'), tags: mostly(['x']), quantity: mostly(2), extra: value },
      { requiredKeys: ['sku'] },
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.record(
        {
          id: mostly('2f1c3e50-6d0b-4d0e-9f7e-0a4d3c2b1a90'),
          email: mostly('ada@example.org', fc.emailAddress()),
          leaves: fc.oneof(
            { weight: 12, arbitrary: fc.array(leaf, { maxLength: 3 }) },
            { weight: 1, arbitrary: value },
          ),
          at: mostly('2026-01-02T03:04:05.000Z'),
          next: fc.option(tie('tree'), { maxDepth: 3, depthIdentifier: 'tree' }),
          extra: value,
        },
        { requiredKeys: ['id', 'email', 'leaves', 'at'] },
      ),
    }));
    @Lexeme('strict-tree', { strict: true })
    class StrictTree extends Tree {}
    fc.assert(
      fc.property(tree, (message) => {
        agree(Tree, message);
        agree(StrictTree, message, true);
        agreeOnInstance(Tree, message);
      }),
      { numRuns: Math.ceil(500 * SCALE) },
    );
  });
});
