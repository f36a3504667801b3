import { expect } from 'chai';
import fc from 'fast-check';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { AtomError, type FieldError } from '../../../lib/errors.js';
import { AtomLexeme, type SchemaData } from '../../../lib/lexicon/atom-lexeme.js';
import { compileLexeme, isLexemeType } from '../../../lib/lexicon/compile.js';

class Profile extends AtomLexeme {
  static override schema = {
    userId: '',
    age: 0,
    active: true,
    error: null,
    tags: [],
    metadata: {},
    preferences: { theme: 'light', vector: { uid: null, size: 3 } },
  };
}

const right = {
  userId: 'u1',
  age: 7,
  tags: [1, 'a'],
  metadata: { any: ['thing'] },
  preferences: { theme: 'dark' },
};

function fields(run: () => unknown): readonly FieldError[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AtomError)) throw error;
    expect(error.code).to.equal('INVALID_ARGUMENT');
    return error.details as FieldError[];
  }
  throw new Error('the message was taken');
}

describe('an AtomLexeme', () => {
  it('fills what is missing with the defaults, at each level', () => {
    const data = Profile.inflect(right).get();
    expect(data).to.deep.equal({
      ...right,
      active: true,
      error: null,
      preferences: { theme: 'dark', vector: { uid: null, size: 3 } },
    });
    const theme: string = data.preferences.theme; // typed by the schema
    expect(theme).to.equal('dark');
  });

  it('copies its defaults and what it is given: nothing is shared', () => {
    const first = Profile.inflect(right).get();
    first.metadata['any'] = 'changed';
    first.tags.push(1);
    first.preferences.vector.size = 99;
    expect(right.metadata).to.deep.equal({ any: ['thing'] });
    const second = Profile.inflect({}).get();
    second.tags.push('mine');
    second.metadata['mine'] = 1;
    expect(Profile.inflect({}).get()).to.deep.include({ tags: [], metadata: {} });
    expect(Profile.inflect({}).get().preferences.vector.size).to.equal(3);
  });

  it('takes the type of a default as the rule for its key', () => {
    const wrong = {
      userId: 1,
      age: '7',
      active: 'true',
      tags: {},
      metadata: [],
      preferences: { theme: null, vector: 'none' },
    };
    expect(fields(() => Profile.inflect(wrong))).to.deep.equal([
      { path: 'userId', rule: 'isString', message: 'userId must be a string' },
      { path: 'age', rule: 'isNumber', message: 'age must be a number' },
      { path: 'active', rule: 'isBoolean', message: 'active must be a boolean' },
      { path: 'tags', rule: 'isArray', message: 'tags must be an array' },
      { path: 'metadata', rule: 'isObject', message: 'metadata must be an object' },
      { path: 'preferences.theme', rule: 'isString', message: 'theme must be a string' },
      { path: 'preferences.vector', rule: 'isObject', message: 'vector must be an object' },
    ]);
    for (const age of [NaN, Infinity, null]) expect(fields(() => Profile.inflect({ age }))).to.have.length(1);
  });

  it('takes anything where the default is null', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (error) => {
        expect(JSON.stringify(Profile.inflect({ error }).get().error).length).to.be.at.least(1);
      }),
      { numRuns: 100 },
    );
  });

  it('takes only objects', () => {
    for (const data of [null, undefined, 1, 'text', true, []]) {
      expect(fields(() => Profile.inflect(data))[0]!.rule).to.equal('isObject');
    }
  });

  it('drops keys that are not in the schema, or refuses them when strict', () => {
    @Lexeme('strict', { strict: true })
    class Strict extends AtomLexeme {
      static override schema = { a: '', in: { b: 0 } };
    }
    expect(Profile.inflect({ extra: 1, preferences: { more: 1 } }).hasKey('extra')).to.equal(false);
    expect(fields(() => Strict.inflect({ x: 1, in: { y: 2 } })).map(({ path }) => path)).to.have.members([
      'x',
      'in.y',
    ]);
  });

  it('keeps hostile keys and depths out', () => {
    const hostile = JSON.parse(
      '{"__proto__": {"p": 1}, "metadata": {"__proto__": {"p": 1}, "constructor": 1, "ok": 1}, "error": [{"prototype": 1}]}',
    ) as unknown;
    const data = Profile.inflect(hostile).get();
    expect(Object.keys(data.metadata)).to.deep.equal(['ok']);
    expect(data.error).to.deep.equal([{}]);
    expect({}).not.to.have.property('p');
    let deep: unknown = 1;
    for (let level = 0; level < 40; level++) deep = [deep];
    expect(fields(() => Profile.inflect({ error: deep }))[0]!.rule).to.equal('depth');
  });

  it('updates part of its data, objects of the schema merged', () => {
    const profile = Profile.inflect(right);
    profile.update({ age: 8, preferences: { vector: { uid: 'x' } }, metadata: { only: 'this' } });
    expect(profile.get().age).to.equal(8);
    expect(profile.get().preferences).to.deep.equal({ theme: 'dark', vector: { uid: 'x', size: 3 } });
    expect(profile.get().metadata).to.deep.equal({ only: 'this' });
    expect(profile.get().userId).to.equal('u1');
  });

  it('stays as it was when an update is wrong', () => {
    const profile = Profile.inflect(right);
    const before = profile.stringify();
    expect(fields(() => profile.update({ userId: 'new', age: 'old' as never }))[0]!.path).to.equal('age');
    expect(profile.stringify()).to.equal(before);
  });

  it('finds keys by path, and never throws when there are none', () => {
    const profile = Profile.inflect({ ...right, tags: [{ name: 'x' }] });
    expect(profile.hasKey('preferences.theme')).to.equal(true);
    expect(profile.getValue('preferences.vector.size')).to.equal(3);
    expect(profile.hasKey('error')).to.equal(true);
    expect(profile.getValue('tags.0.name')).to.equal('x');
    for (const path of [
      'no',
      'error.x',
      'userId.length',
      'preferences.no.no',
      '',
      '.',
      '__proto__',
      'constructor.name',
    ]) {
      expect(profile.hasKey(path), path).to.equal(false);
      expect(profile.getValue(path), path).to.equal(undefined);
    }
    fc.assert(
      fc.property(fc.anything(), (path) => {
        profile.hasKey(path as string);
        profile.getValue(path as string);
      }),
      { numRuns: 200 },
    );
    expect(profile.hasKey(Symbol('x') as never)).to.equal(false);
    expect(profile.getValue(Object.create(null) as never)).to.equal(undefined);
  });

  it('is its data in JSON', () => {
    const profile = Profile.inflect(right);
    expect(JSON.parse(JSON.stringify({ profile }))).to.deep.equal({ profile: profile.get() });
    expect(JSON.parse(profile.stringify())).to.deep.equal(profile.get());
  });

  it('lets a subclass change or refuse data before it is checked', () => {
    class Trimmed extends Profile {
      static override inflection(data: unknown): unknown {
        const { userId } = data as { userId: string };
        return userId.trim() === '' ? false : { ...(data as object), userId: userId.trim() };
      }
    }
    expect(Trimmed.inflect({ userId: ' a ' }).get().userId).to.equal('a');
    expect(fields(() => Trimmed.inflect({ userId: ' ' }))[0]!.rule).to.equal('inflection');
    expect(fields(() => Trimmed.inflect({}))[0]!.rule).to.equal('inflection');
  });

  it('has the methods of its class', () => {
    const schema = { name: '' };
    class Person extends AtomLexeme<SchemaData<typeof schema>> {
      static override schema = schema;
      greet(): string {
        return `Hello ${this.get().name}`;
      }
    }
    expect(Person.inflect({ name: 'Ada' }).greet()).to.equal('Hello Ada');
  });

  it('names the default that JSON cannot carry, and a missing schema', () => {
    class Dated extends AtomLexeme {
      static override schema = { in: { at: new Date() } };
    }
    class Bare extends AtomLexeme {}
    class Unsafe extends AtomLexeme {
      static override schema = { constructor: '' };
    }
    expect(() => compileLexeme(Dated)).to.throw(
      /The schema of Dated: 'in.at' has a default that JSON cannot carry/,
    );
    expect(() => compileLexeme(Bare)).to.throw(/Bare has no schema; write static schema/);
    expect(() => compileLexeme(Unsafe)).to.throw(/'constructor' cannot be a key/);
    expect([Profile, Bare, AtomLexeme].map(isLexemeType)).to.deep.equal([true, false, false]);
  });

  describe('compiled', () => {
    @Lexeme('profile', {
      version: 2,
      upcast: { 1: (old: { id: string }) => ({ userId: old.id }) },
      durable: true,
    })
    class Versioned extends Profile {}
    const lexeme = compileLexeme(Versioned);

    it('goes wherever a lexeme goes', () => {
      expect(lexeme).to.include({ name: 'Versioned', label: 'profile', version: 2, durable: true });
      const parsed = lexeme.parse({ userId: 'u' });
      expect(parsed).to.be.instanceOf(Versioned);
      expect(lexeme.serialize(parsed)).to.equal(parsed.get());
      expect(lexeme.parse({ id: 'old' }, 1).getValue('userId')).to.equal('old');
      expect(fields(() => lexeme.parse({}, 3))[0]!.rule).to.equal('version');
      for (const data of [null, 1, 'x', []])
        expect(fields(() => lexeme.parse(data))[0]!.rule).to.equal('isObject');
    });

    it('checks an instance again when it is sent, without replacing it', () => {
      const instance = Versioned.inflect({ userId: 'u' });
      expect(lexeme.parse(instance)).to.equal(instance);
      (instance.get() as { userId: unknown }).userId = 7;
      expect(fields(() => lexeme.parse(instance))[0]!.path).to.equal('userId');
      expect(lexeme.parse(Profile.inflect({ userId: 'p' }))).to.be.instanceOf(Versioned);
    });

    it('is described by JSON Schema', () => {
      expect(lexeme.jsonSchema()).to.deep.equal({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'Versioned',
        type: 'object',
        properties: {
          userId: { type: 'string', default: '' },
          age: { type: 'number', default: 0 },
          active: { type: 'boolean', default: true },
          error: { default: null },
          tags: { type: 'array', default: [] },
          metadata: { type: 'object', default: {} },
          preferences: {
            type: 'object',
            properties: {
              theme: { type: 'string', default: 'light' },
              vector: {
                type: 'object',
                properties: { uid: { default: null }, size: { type: 'number', default: 3 } },
              },
            },
          },
        },
      });
    });
  });
});
