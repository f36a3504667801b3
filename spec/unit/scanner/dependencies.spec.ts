import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { expectProblem, fakeLexicon, moduleOf, problemsOf, scanned } from './support.js';
import { Inject } from '../../../lib/decorators/inject.js';
import { Injectable } from '../../../lib/decorators/injectable.js';
import { Optional } from '../../../lib/decorators/optional.js';
import { scan } from '../../../lib/scanner/scan.js';
import type { Class, DependencyDefinition, Provider, Token } from '../../../lib/metadata/definitions.js';
import type { ElsewhereMessage } from './support.js';

const TOKEN = Symbol('token');

@Injectable()
class Store {}

@Injectable()
class Ledger {
  constructor(readonly store: Store) {}
}

abstract class Client {
  abstract send(): void;
}

@Injectable()
class Mixed {
  constructor(
    readonly client: Client,
    @Inject(TOKEN) readonly token: string,
    @Optional() readonly store: Store,
    @Optional() @Inject('a') readonly a: unknown,
  ) {}
}

function dependenciesOf(type: Class, providers: Provider[] = []): readonly DependencyDefinition[] {
  const { root } = scanned(moduleOf({ providers: [type, ...providers] }), [Client, TOKEN]);
  const provider = root.providers.find(({ token }) => token === type);
  return provider?.kind === 'class' ? provider.dependencies : expect.fail('no class');
}

function providerProblems(...providers: Provider[]): readonly string[] {
  return problemsOf(moduleOf({ providers }));
}

describe('scan, dependencies', () => {
  it('takes the types of the constructor, tokens and what is optional', () => {
    expect(dependenciesOf(Mixed)).to.deep.equal([
      { token: Client, optional: false },
      { token: TOKEN, optional: false },
      { token: Store, optional: true },
      { token: 'a', optional: true },
    ]);
  });

  it('takes those of the base for a class without a constructor, decorated or not', () => {
    class Plain extends Mixed {}
    @Injectable()
    class Decorated extends Mixed {
      readonly own = 1;
    }
    expect(dependenciesOf(Plain)).to.deep.equal(dependenciesOf(Mixed));
    expect(dependenciesOf(Decorated)).to.deep.equal(dependenciesOf(Mixed));
  });

  it('takes those of a constructor that is its own instead of those of the base', () => {
    @Injectable()
    class Own extends Ledger {
      constructor() {
        super(new Store());
      }
    }
    expect(dependenciesOf(Own)).to.deep.equal([]);
  });

  it('needs no emitted types where every parameter has @Inject', () => {
    class Plain {
      constructor(readonly token: unknown) {}
    }
    Inject(TOKEN)(Plain, undefined, 0);
    expect(dependenciesOf(Plain)).to.deep.equal([{ token: TOKEN, optional: false }]);
  });

  it('resolves providers of the module, exports of imports, re-exports and builtins', () => {
    const inner = moduleOf({ providers: [Store], exports: [Store] }, 'Inner');
    const middle = moduleOf({ imports: [inner], exports: [inner] }, 'Middle');
    const factory = { provide: 'made', useFactory: (): number => 1, inject: [Ledger, Client] };
    expect(problemsOf(moduleOf({ imports: [middle], providers: [Ledger, factory] }), [Client])).to.deep.equal(
      [],
    );
  });

  it('asks nothing for an old or built-in base class', () => {
    @Injectable()
    class Bus extends EventEmitter {
      readonly own = 1;
    }
    expect(dependenciesOf(Bus)).to.deep.equal([]);
  });

  it('leaves out what is to be replaced', () => {
    const root = moduleOf({ providers: [Ledger] });
    expect(() => scan(root, { builtins: [], ...fakeLexicon })).to.throw('cannot see');
    expect(() => scan(root, { builtins: [], replaced: [Ledger], ...fakeLexicon })).not.to.throw();
  });

  describe('mistakes', () => {
    it('constructor arguments without a decorator', () => {
      class Plain {
        constructor(readonly store: Store) {}
      }
      expectProblem(providerProblems(Plain, Store), 'TestModule: Plain: ', 'add @Injectable() to Plain');
    });

    it('constructor arguments of an undecorated base', () => {
      class Base {
        constructor(readonly store: Store) {}
      }
      @Injectable()
      class Sub extends Base {}
      expectProblem(
        providerProblems(Sub, Store),
        'Sub (its base Base)',
        'add @Injectable() to Base, or give Sub',
      );
    });

    it('types that the compiler did not emit', () => {
      class Plain {
        constructor(readonly store: Store) {}
      }
      Injectable()(Plain);
      expectProblem(providerProblems(Plain, Store), 'Plain', 'emitDecoratorMetadata', 'esbuild and tsx');
    });

    it('an interface', () => {
      @Injectable()
      class Needy {
        constructor(readonly options: { url: string }) {}
      }
      expectProblem(providerProblems(Needy), 'Needy, parameter 0', 'an interface', '@Inject(token)');
    });

    it('a class imported as a type only', () => {
      @Injectable()
      class Needy {
        constructor(readonly elsewhere: ElsewhereMessage) {}
      }
      expectProblem(providerProblems(Needy), 'Needy, parameter 0', "'import type'", '@Inject(token)');
    });

    it('a primitive', () => {
      @Injectable()
      class Needy {
        constructor(
          readonly store: Store,
          readonly url: string,
        ) {}
      }
      expectProblem(
        providerProblems(Needy, Store),
        'Needy, parameter 1: a String is not a provider',
        '@Inject(token)',
      );
    });

    it('a class that is not there yet', () => {
      class Needy {
        constructor(readonly later: unknown) {}
      }
      Reflect.defineMetadata('design:paramtypes', [undefined], Needy);
      expectProblem(providerProblems(Needy), 'Needy, parameter 0', 'import each other');
    });

    it('@Inject of undefined, or of what is no token', () => {
      const needy = (token: unknown): Class => {
        class Needy {
          constructor(readonly later: unknown) {}
        }
        Inject(token as Token)(Needy, undefined, 0);
        return Needy;
      };
      expectProblem(providerProblems(needy(undefined)), 'Needy, parameter 0', 'import each other');
      expectProblem(
        providerProblems(needy({})),
        '@Inject takes a class, a symbol or a string, not an object',
      );
    });

    it('what no module provides', () => {
      expectProblem(
        providerProblems(Ledger),
        'TestModule: the constructor of Ledger, parameter 0, needs Store, which the module cannot see: ' +
          'no module provides it; add it to the providers of TestModule',
      );
    });

    it('what an import provides and does not export', () => {
      const inner = moduleOf({ providers: [Store] }, 'Inner');
      const problems = problemsOf(moduleOf({ imports: [inner], providers: [Ledger] }));
      expectProblem(problems, 'Inner provides it, but does not export it; add Store to the exports of Inner');
      expect(problems[0]).not.to.include('to the imports');
    });

    it('what a module exports that is not imported', () => {
      const inner = moduleOf({ providers: [Store], exports: [Store] }, 'Inner');
      const needy = moduleOf({ providers: [Ledger] }, 'Needy');
      const problems = problemsOf(moduleOf({ imports: [inner, needy] }));
      expectProblem(problems, 'Inner exports it, but Needy does not import Inner');
    });

    it('what a module provides that is neither exported nor imported', () => {
      const inner = moduleOf({ providers: [Store] }, 'Inner');
      const needy = moduleOf({ providers: [Ledger] }, 'Needy');
      const problems = problemsOf(moduleOf({ imports: [inner, needy] }));
      expectProblem(problems, 'add Store to the exports of Inner and Inner to the imports of Needy');
    });

    it('what a factory or an alias needs', () => {
      const factory = { provide: 'made', useFactory: () => 1, inject: [Store] };
      expectProblem(providerProblems(factory), "the factory of 'made', inject[0], needs Store");
      expectProblem(
        providerProblems({ provide: 'alias', useExisting: Store }),
        "'alias' is useExisting of Store",
      );
    });

    it('providers that need each other, by their path', () => {
      const a = { provide: 'a', useFactory: () => 1, inject: ['b'] };
      const b = { provide: 'b', useExisting: 'c' };
      const c = { provide: 'c', useFactory: () => 1, inject: ['a'] };
      expectProblem(
        providerProblems(a, b, c),
        "TestModule: providers need each other: 'a' -> 'b' -> 'c' -> 'a'",
      );
    });

    it('an alias of itself', () => {
      expectProblem(providerProblems({ provide: 'a', useExisting: 'a' }), "'a' -> 'a'");
    });

    it('are not repeated for what was reported as a bad provider', () => {
      const bad = { provide: Store, useClass: undefined } as unknown as Provider;
      expectProblem(providerProblems(bad, Ledger), 'useClass');
    });
  });
});
