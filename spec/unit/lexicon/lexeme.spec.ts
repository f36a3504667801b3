import { expect } from 'chai';
import { Expose, Transform, Type } from 'class-transformer';
import {
  Allow,
  IsBoolean,
  IsDate,
  IsEmail,
  IsInt,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  MaxLength,
  registerDecorator,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { AtomError, type FieldError } from '../../../lib/errors.js';
import { compileLexeme, isLexemeType } from '../../../lib/lexicon/compile.js';
import type { Class } from '../../../lib/metadata/definitions.js';

const UUID = '2f1c3e50-6d0b-4d0e-9f7e-0a4d3c2b1a90';

class GetUser {
  @IsUUID() userId!: string;
}

class Item {
  @IsString() @MaxLength(5) sku!: string;
  @IsInt() @IsPositive() quantity: number = 1;
}

@Lexeme('order.placed')
class Order {
  @IsUUID() id!: string;
  @IsEmail() email!: string;
  @IsOptional() @IsString({ each: true }) tags?: string[];
  @ValidateNested({ each: true }) @Type(() => Item) items: Item[] = [];
  @IsOptional() @IsDate() @Type(() => Date) at?: Date;
  @Allow() anything?: unknown;
}

const order = { id: UUID, email: 'ada@example.org', items: [{ sku: 'A-1', quantity: 2 }] };

function refusal(run: () => unknown): { error: AtomError; fields: readonly FieldError[] } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AtomError)) throw error;
    expect(error.code).to.equal('INVALID_ARGUMENT');
    return { error, fields: error.details as FieldError[] };
  }
  throw new Error('the message was taken');
}

function parse<T extends object>(type: Class<T>, data: unknown, version?: number): T {
  return compileLexeme(type).parse(data, version);
}

describe('a lexeme class', () => {
  describe('takes a right message and', () => {
    it('gives an instance of the class, nested classes and dates revived', () => {
      const parsed = parse(Order, { ...order, at: '2026-01-02T03:04:05.000Z' });
      expect(parsed).to.be.instanceOf(Order);
      expect(parsed.items[0]).to.be.instanceOf(Item).and.include({ sku: 'A-1', quantity: 2 });
      expect(parsed.at).to.deep.equal(new Date('2026-01-02T03:04:05.000Z'));
    });

    it('leaves the data as it was and shares nothing with it', () => {
      const data = { ...order, anything: { deep: [1] } };
      const before = structuredClone(data);
      const parsed = parse(Order, data);
      (parsed.anything as { deep: number[] }).deep.push(2);
      parsed.items.pop();
      expect(data).to.deep.equal(before);
    });

    it('keeps the default of a key that is missing or undefined, and takes null as given', () => {
      expect(parse(Order, { id: UUID, email: 'a@b.org' }).items).to.deep.equal([]);
      expect(parse(Order, { ...order, items: undefined }).items).to.deep.equal([]);
      expect(parse(Order, { ...order, items: [{ sku: 'A' }] }).items[0]!.quantity).to.equal(1);
      expect(parse(Order, { ...order, at: null }).at).to.equal(null);
    });

    it('drops keys that the class does not declare, at each level', () => {
      const parsed = parse(Order, { ...order, extra: 1, items: [{ sku: 'A', extra: 2 }] });
      expect(parsed).not.to.have.property('extra');
      expect(parsed.items[0]).not.to.have.property('extra');
    });

    it('gives the rules of a parent class to its subclasses', () => {
      class GetUserAndMore extends GetUser {
        @IsBoolean() more!: boolean;
      }
      expect(parse(GetUserAndMore, { userId: UUID, more: true })).to.be.instanceOf(GetUserAndMore);
      expect(refusal(() => parse(GetUserAndMore, { userId: 1, more: true })).fields[0]!.path).to.equal(
        'userId',
      );
    });

    it('keeps what the class gives its own fields that have no rule, whatever the message says', () => {
      class Counter {
        @IsInt() count!: number;
        seen = 7;
      }
      expect(parse(Counter, { count: 1, seen: 99 })).to.deep.include({ count: 1, seen: 7 });
    });

    it('describes trees: a class that contains itself', () => {
      class Node {
        @IsString() name!: string;
        @IsOptional() @ValidateNested({ each: true }) @Type(() => Node) children?: Node[];
      }
      const tree = parse(Node, { name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }] });
      expect(tree.children![0]!.children![0]).to.be.instanceOf(Node);
      expect(refusal(() => parse(Node, { name: 'a', children: [{ name: 1 }] })).fields[0]!.path).to.equal(
        'children.0.name',
      );
    });
  });

  describe('refuses a wrong message and', () => {
    it('says which class, which field and what was wrong', () => {
      const { error, fields } = refusal(() => parse(GetUser, { userId: 'nobody' }));
      expect(error.message).to.equal('Invalid GetUser: userId must be a UUID');
      expect(error.retryable).to.equal(false);
      expect(fields).to.deep.equal([{ path: 'userId', rule: 'isUuid', message: 'userId must be a UUID' }]);
    });

    it('names nested fields by their path', () => {
      const { error, fields } = refusal(() => parse(Order, { ...order, items: [{ sku: 'A' }, { sku: 7 }] }));
      expect(fields.map(({ path }) => path)).to.include('items.1.sku');
      expect(error.message).to.contain('items.1.sku must be');
    });

    for (const [what, data] of Object.entries({
      null: null,
      undefined: undefined,
      'an array': [],
      'a string': '{}',
      'a number': 1,
      'a boolean': true,
    })) {
      it(`takes no ${what} for an object`, () => {
        expect(refusal(() => parse(GetUser, data)).fields).to.deep.equal([
          { path: '', rule: 'isObject', message: 'it must be an object' },
        ]);
      });
    }

    it('never echoes a value, not even where a message asks for it', () => {
      class Secret {
        @IsInt({ message: '$property is $value' }) pin!: number;
      }
      const { error } = refusal(() => parse(Secret, { pin: 'hunter2' }));
      expect(JSON.stringify([error.message, error.details])).not.to.contain('hunter2');
      expect(error.message).to.equal('Invalid Secret: pin is the value');
    });

    it('names at most 20 fields, in at most 4 KiB of text', () => {
      const items = Array.from({ length: 100 }, () => ({ sku: 1 }));
      const { error, fields } = refusal(() => parse(Order, { ...order, items }));
      expect(fields).to.have.length(20);
      expect(Buffer.byteLength(error.message)).to.be.at.most(4096);
      const keys = Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['€'.repeat(5000) + i, 1]));
      const long = refusal(() => parse(Strict, { ...keys, name: 'n', nested: { name: 'n' } }));
      expect(Buffer.byteLength(JSON.stringify(long.fields))).to.be.below(20_000);
      expect(Buffer.byteLength(long.error.message)).to.be.at.most(4096);
      expect(long.error.message).not.to.contain('\ufffd');
    });

    it('says what is missing where @ValidateNested has no @Type', () => {
      class Untyped {
        @ValidateNested() item!: Item;
      }
      expect(refusal(() => parse(Untyped, { item: { sku: 'A' } })).error.message).to.contain('@Type(() => ');
    });

    it('refuses when a rule trips over the data, and keeps the cause', () => {
      class Tripping {
        @ValidateIf((object: Tripping) => object.list.length > 0) @IsString({ each: true }) list!: string[];
      }
      const { error, fields } = refusal(() => parse(Tripping, {}));
      expect(fields[0]!.rule).to.equal('check');
      expect(error.cause).to.be.instanceOf(TypeError);
    });
  });

  class StrictNested {
    @IsString() name!: string;
  }

  @Lexeme('strict', { strict: true })
  class Strict {
    @IsString() name!: string;
    @ValidateNested() @Type(() => StrictNested) nested!: StrictNested;
    own = 1;
  }

  describe('that is strict', () => {
    it('refuses undeclared keys by name, nested ones too', () => {
      const { fields } = refusal(() =>
        parse(Strict, { name: 'n', nested: { name: 'n', more: 1 }, extra: 1 }),
      );
      expect(fields).to.deep.equal([
        { path: 'extra', rule: 'whitelistValidation', message: 'property extra should not exist' },
        { path: 'nested.more', rule: 'whitelistValidation', message: 'property more should not exist' },
      ]);
    });

    it('takes a message without any, and fields that the class sets itself', () => {
      expect(parse(Strict, { name: 'n', nested: { name: 'n' } })).to.include({ name: 'n', own: 1 });
      expect(refusal(() => parse(Strict, { name: 1, nested: { name: 'n' } })).fields).to.have.length(1);
    });
  });

  describe('keeps hostile keys out:', () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      it(`${key}, at any depth`, () => {
        const hostile = `{"polluted": true, "${key}": {"polluted": true}}`;
        const parsed = parse(
          Order,
          JSON.parse(
            `{"id": "${UUID}", "email": "a@b.org", "${key}": ${hostile}, "anything": {"in": [${hostile}]}, "items": [{"sku": "A", "${key}": ${hostile}}]}`,
          ),
        );
        const inner = (parsed.anything as { in: Record<string, unknown>[] }).in[0]!;
        expect(Object.getPrototypeOf(parsed)).to.equal(Order.prototype);
        expect(Object.getPrototypeOf(parsed.items[0])).to.equal(Item.prototype);
        expect(Object.getPrototypeOf(inner)).to.equal(Object.prototype);
        for (const object of [parsed, parsed.items[0]!, inner])
          expect(Object.hasOwn(object, key)).to.equal(false);
        expect({}).not.to.have.property('polluted');
      });

      it(`${key}, in a class that class-transformer handles`, () => {
        const parsed = parse(
          Transformed,
          JSON.parse(`{"user_name": "ADA", "${key}": {"x": 1}, "rest": {"${key}": {"x": 1}, "y": 2}}`),
        );
        expect(parsed.name).to.equal('ada');
        expect(Object.getPrototypeOf(parsed)).to.equal(Transformed.prototype);
        expect(Object.keys(parsed.rest as object)).to.deep.equal(['y']);
      });
    }

    it('more than 32 levels', () => {
      const nest = (levels: number) => {
        let value: unknown = 'bottom';
        for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { in: value };
        return value;
      };
      expect(parse(Order, { ...order, anything: nest(31) })).to.have.property('anything');
      const { fields } = refusal(() => parse(Order, { ...order, anything: nest(32) }));
      expect(fields[0]).to.include({ rule: 'depth' });
      expect(refusal(() => parse(Order, { ...order, anything: nest(50_000) })).fields[0]!.rule).to.equal(
        'depth',
      );
      expect(refusal(() => parse(Transformed, { user_name: 'A', rest: nest(32) })).fields[0]!.rule).to.equal(
        'depth',
      );
    });
  });

  class Transformed {
    @Expose({ name: 'user_name' })
    @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value), {
      toClassOnly: true,
    })
    @IsString()
    name!: string;

    @Allow() rest?: unknown;
  }

  describe('with rules of class-transformer', () => {
    it('goes through them on the way in and out', () => {
      const lexeme = compileLexeme(Transformed);
      const parsed = lexeme.parse({ user_name: 'ADA' });
      expect(parsed.name).to.equal('ada');
      expect(lexeme.serialize(parsed)).to.deep.equal({ user_name: 'ada' });
      expect(refusal(() => lexeme.parse({ user_name: 7 })).fields[0]!.path).to.equal('name');
    });

    it('takes an instance as it is, without transforming it twice', () => {
      const sent = Object.assign(new Transformed(), { name: 'MiXeD' });
      expect(compileLexeme(Transformed).parse(sent).name).to.equal('MiXeD');
      expect(
        refusal(() => compileLexeme(Transformed).parse(Object.assign(new Transformed(), { name: 7 }))).fields,
      ).to.have.length(1);
    });

    it('is revived by its discriminator', () => {
      class Cat {
        @IsString() meow!: string;
      }
      class Dog {
        @IsString() bark!: string;
      }
      class Owner {
        @ValidateNested()
        @Type(() => Object, {
          discriminator: {
            property: 'kind',
            subTypes: [
              { value: Cat, name: 'cat' },
              { value: Dog, name: 'dog' },
            ],
          },
        })
        pet!: Cat | Dog;
      }
      const data = { pet: { kind: 'dog', bark: 'wuff' } };
      const lexeme = compileLexeme(Owner);
      const parsed = lexeme.parse(data);
      expect(parsed.pet).to.be.instanceOf(Dog);
      expect(data.pet.kind).to.equal('dog');
      expect(lexeme.serialize(parsed)).to.deep.equal({ pet: { kind: 'dog', bark: 'wuff' } });
    });

    it('has nothing to serialize where there are only types', () => {
      const parsed = parse(Order, order);
      expect(compileLexeme(Order).serialize(parsed)).to.equal(parsed);
    });
  });

  describe('given an instance of its own', () => {
    const make = () => {
      const item = Object.assign(new Item(), { sku: 'A-1' });
      return Object.assign(new Order(), { id: UUID, email: 'ada@example.org', items: [item] });
    };

    it('checks it and gives it back, not a copy', () => {
      const instance = make();
      expect(parse(Order, instance)).to.equal(instance);
    });

    it('refuses it when it is wrong, nested too', () => {
      const instance = make();
      instance.items[0]!.sku = 'far too long';
      expect(refusal(() => parse(Order, instance)).fields[0]!.path).to.equal('items.0.sku');
    });

    it('sends no undeclared key along, and leaves the instance as it is', () => {
      const instance = Object.assign(make(), { password: 'x' });
      const parsed = parse(Order, instance);
      expect(parsed).to.be.instanceOf(Order).and.not.have.property('password');
      expect(instance.password).to.equal('x');
    });

    it('takes plain objects for nested instances', () => {
      const instance = Object.assign(make(), { items: [{ sku: 'B', quantity: 3 }] });
      expect(parse(Order, instance).items[0]).to.be.instanceOf(Item);
    });
  });

  describe('with rules of the user', () => {
    @ValidatorConstraint({ name: 'even' })
    class Even implements ValidatorConstraintInterface {
      validate(value: unknown): boolean {
        return typeof value === 'number' && value % 2 === 0;
      }
      defaultMessage(): string {
        return '$property must be even';
      }
    }

    it('asks each of them once for a right message: nothing is checked twice', () => {
      let asked = 0;
      class Counted {
        name!: string;
      }
      registerDecorator({
        name: 'counted',
        target: Counted,
        propertyName: 'name',
        validator: { validate: () => ++asked > 0 },
      });
      parse(Counted, { name: 'x' });
      expect(asked).to.equal(1);
    });

    it('asks custom constraints and conditions', () => {
      class Custom {
        @Validate(Even) count!: number;
        @ValidateIf((object: Custom) => object.count > 10) @IsString() why?: string;
      }
      expect(parse(Custom, { count: 2 }).count).to.equal(2);
      expect(refusal(() => parse(Custom, { count: 3 })).fields[0]).to.deep.equal({
        path: 'count',
        rule: 'even',
        message: 'count must be even',
      });
      expect(refusal(() => parse(Custom, { count: 12 })).fields[0]!.path).to.equal('why');
      expect(parse(Custom, { count: 12, why: 'x' }).why).to.equal('x');
    });

    it('names an asynchronous rule when it is compiled, or as soon as it shows', () => {
      class Later {
        @IsString() name!: string;
      }
      registerDecorator({
        name: 'isFree',
        async: true,
        target: Later,
        propertyName: 'name',
        validator: { validate: () => Promise.resolve(true) },
      });
      expect(() => compileLexeme(Later)).to.throw(/Later\.name has the asynchronous rule 'isFree'/);

      class Hidden {
        @IsString() name!: string;
      }
      registerDecorator({
        name: 'isFree',
        target: Hidden,
        propertyName: 'name',
        validator: { validate: () => Promise.resolve(false) },
      });
      expect(() => compileLexeme(Hidden).parse({ name: 'x' })).to.throw(
        /Hidden\.name has the asynchronous rule/,
      );
    });
  });

  describe('with versions', () => {
    @Lexeme('user', {
      version: 3,
      upcast: {
        1: (old: { name: string }) => ({ first: old.name }),
        2: (old: { first: string }) => ({ first: old.first, last: '?' }),
      },
    })
    class User {
      @IsString() first!: string;
      @IsString() last!: string;
    }

    it('brings older messages up to date, step by step', () => {
      expect(parse(User, { name: 'Ada' }, 1)).to.deep.include({ first: 'Ada', last: '?' });
      expect(parse(User, { first: 'Ada' }, 2)).to.deep.include({ first: 'Ada', last: '?' });
      expect(parse(User, { first: 'Ada', last: 'L' }, 3).last).to.equal('L');
      expect(parse(User, { first: 'Ada', last: 'L' }).last).to.equal('L');
    });

    it('checks what the steps gave', () => {
      expect(refusal(() => parse(User, { name: 7 }, 1)).fields[0]!.path).to.equal('first');
    });

    it('refuses a newer version, naming both and the mend', () => {
      const { error, fields } = refusal(() => parse(User, { first: 'a', last: 'b' }, 4));
      expect(error.message).to.match(/version 4.*version 3.*update User/);
      expect(fields[0]!.rule).to.equal('version');
      expect(refusal(() => parse(GetUser, { userId: UUID }, 2)).error.message).to.match(
        /version 2.*version 1/,
      );
    });

    it('refuses versions that are none', () => {
      for (const version of [0, -1, 1.5, NaN]) {
        expect(refusal(() => parse(User, { name: 'a' }, version)).fields[0]!.rule).to.equal('version');
      }
    });

    it('gives a step a copy without hostile keys, and refuses when it fails', () => {
      @Lexeme('moved', {
        version: 2,
        upcast: {
          1: (old: { list: string[] }) => {
            Object.assign({}, old);
            return { first: old.list.pop()!.toUpperCase() };
          },
        },
      })
      class Moved {
        @IsString() first!: string;
      }
      const data = JSON.parse('{"list": ["a"], "__proto__": {"x": 1}}') as { list: string[] };
      expect(parse(Moved, data, 1).first).to.equal('A');
      expect(data.list).to.deep.equal(['a']);
      const { error, fields } = refusal(() => parse(Moved, { list: [] }, 1));
      expect(fields[0]!.message).to.contain('from version 1 to 2');
      expect(error.cause).to.be.instanceOf(TypeError);
    });
  });

  it('is compiled once', () => {
    expect(compileLexeme(Order)).to.equal(compileLexeme(Order));
  });

  it('tells its name, label, version and durability', () => {
    @Lexeme('user.created', { version: 4, durable: true })
    class UserCreated {
      @IsString() id!: string;
    }
    expect(compileLexeme(UserCreated)).to.include({
      name: 'UserCreated',
      label: 'user.created',
      version: 4,
      durable: true,
    });
    expect(compileLexeme(GetUser)).to.include({ label: undefined, version: 1, durable: false });
    class Sub extends UserCreated {}
    expect(compileLexeme(Sub)).to.include({ label: undefined, version: 1 });
  });

  it('is known by its rules', () => {
    class Sub extends GetUser {}
    class Bare {
      id = '';
    }
    expect([GetUser, Sub].map(isLexemeType)).to.deep.equal([true, true]);
    expect([Bare, Object, String, Array, undefined, null, {}, () => 1].some(isLexemeType)).to.equal(false);
  });

  it('cannot be compiled without rules, or with a constructor that needs arguments', () => {
    class Bare {}
    class Needy {
      @IsObject() from: object;
      constructor(source: { inner: object }) {
        this.from = source.inner;
      }
    }
    expect(() => compileLexeme(Bare)).to.throw(/Bare cannot be a lexeme: it has no rules/);
    expect(() => compileLexeme(Needy)).to.throw(/Needy cannot be a lexeme: its constructor fails/);
  });
});
