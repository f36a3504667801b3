import { expect } from 'chai';
import { expectProblem, moduleOf, problemsOf, scanned } from './support.js';
import { AtomModule } from '../../../lib/decorators/atom-module.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { Injectable } from '../../../lib/decorators/injectable.js';
import { OnRequest } from '../../../lib/decorators/on-request.js';
import { BootstrapError } from '../../../lib/errors.js';
import type { Class, ModuleReference, Provider } from '../../../lib/metadata/definitions.js';

const absent = undefined as unknown as Class;
const TOKEN = Symbol('token');

@Injectable()
class Store {}

@AtomService('@shop/stock')
class Stock {}

describe('scan, modules', () => {
  it('gives each reachable module once, imported ones first, the root last', () => {
    const shared = moduleOf({}, 'Shared');
    const left = moduleOf({ imports: [shared] }, 'Left');
    const right = moduleOf({ imports: [shared, left] }, 'Right');
    const { modules, root } = scanned(moduleOf({ imports: [left, right] }, 'Root'));
    expect(modules.map(({ name }) => name)).to.deep.equal(['Shared', 'Left', 'Right', 'Root']);
    expect(root).to.equal(modules[3]);
    expect(modules[2]?.imports).to.deep.equal([modules[0], modules[1]]);
  });

  it('joins the lists of a dynamic module with those of its class', () => {
    const base = moduleOf({ providers: [Store] }, 'Base');
    const { root } = scanned({
      module: base,
      providers: [{ provide: TOKEN, useValue: 1 }],
      exports: [TOKEN],
    });
    expect(root.providers.map(({ token }) => token)).to.deep.equal([Store, TOKEN, base]);
    expect(root.exports).to.deep.equal([TOKEN]);
  });

  it('numbers modules of one name', () => {
    const base = moduleOf({}, 'Base');
    const one = { module: base };
    const { modules } = scanned(moduleOf({ imports: [one, { module: base }, one, base] }));
    expect(modules.map(({ name }) => name)).to.deep.equal(['Base', 'Base#2', 'Base#3', 'TestModule']);
    expect(modules[3]?.imports).to.deep.equal(modules.slice(0, 3));
  });

  it('gives frozen definitions', () => {
    const definition = scanned(moduleOf({ services: [Stock], providers: [Store] }));
    const { root, modules, services } = definition;
    for (const part of [definition, root, root.providers, root.imports, root.exports, modules, services]) {
      expect(Object.isFrozen(part)).to.equal(true);
    }
    for (const part of [...root.providers, ...services]) expect(Object.isFrozen(part)).to.equal(true);
  });

  it('constructs nothing', () => {
    @Injectable()
    class Bomb {
      constructor() {
        throw new Error('constructed');
      }
    }
    expect(problemsOf(moduleOf({ providers: [Bomb] }))).to.deep.equal([]);
  });

  it('re-exports an imported module, by class, by dynamic module and by token', () => {
    const inner = moduleOf({ providers: [Store], exports: [Store] }, 'Inner');
    const dynamic = { module: inner, providers: [{ provide: TOKEN, useValue: 1 }], exports: [TOKEN] };
    const tokensOf = (outer: ModuleReference): unknown => scanned(outer).root.exports;
    expect(tokensOf(moduleOf({ imports: [inner], exports: [inner] }))).to.deep.equal([Store]);
    expect(tokensOf(moduleOf({ imports: [inner], exports: [Store] }))).to.deep.equal([Store]);
    expect(tokensOf(moduleOf({ imports: [dynamic], exports: [dynamic] }))).to.deep.equal([Store, TOKEN]);
    expect(tokensOf(moduleOf({ imports: [dynamic], exports: [inner] }))).to.deep.equal([Store, TOKEN]);
  });

  describe('mistakes', () => {
    it('a root that is not a module', () => {
      expectProblem(problemsOf(Store), 'the root module: Store is not a module', '@AtomModule');
      expectProblem(problemsOf(absent), 'the root module', 'undefined');
    });

    it('an import that is not a module', () => {
      expectProblem(problemsOf(moduleOf({ imports: [Store] })), 'TestModule, imports: Store is not a module');
    });

    it('a promise of a module', () => {
      const promise = Promise.resolve({ module: Store }) as unknown as Class;
      expectProblem(
        problemsOf(moduleOf({ imports: [promise] })),
        'TestModule, imports',
        'asynchronous useFactory',
      );
    });

    for (const list of ['imports', 'providers', 'services', 'exports'] as const) {
      it(`undefined in ${list}`, () => {
        const problems = problemsOf(moduleOf({ [list]: [absent] }));
        expectProblem(problems, `TestModule, ${list}`, 'undefined', 'import each other');
      });

      it(`${list} that is not a list`, () => {
        expectProblem(
          problemsOf(moduleOf({ [list]: Store })),
          `TestModule, ${list}: it is a list, not Store`,
        );
      });
    }

    it('modules that import each other, by their path', () => {
      const imports: ModuleReference[] = [];
      const first = moduleOf({ imports }, 'First');
      const second = moduleOf({ imports: [first] }, 'Second');
      imports.push(second);
      expectProblem(problemsOf(moduleOf({ imports: [first] })), 'First -> Second -> First');
    });

    it('an unknown option, with the one that was meant', () => {
      class Typo {}
      AtomModule({ provider: [Store] } as object)(Typo);
      expectProblem(
        problemsOf(Typo),
        'Typo, @AtomModule',
        "unknown option 'provider'",
        "did you mean 'providers'?",
      );
      const dynamic = { module: moduleOf({}), sevices: [] } as ModuleReference;
      expectProblem(problemsOf(dynamic), '{ module: TestModule }', "'sevices'", "did you mean 'services'?");
    });

    it('a provider twice in one module', () => {
      const problems = problemsOf(moduleOf({ providers: [Store, { provide: Store, useValue: 1 }] }));
      expectProblem(problems, 'TestModule: Store is provided twice');
    });

    it('a service among the providers', () => {
      expectProblem(problemsOf(moduleOf({ providers: [Stock] })), 'Stock is a service', 'services');
    });

    it('a provider with handlers that nothing calls', () => {
      class Lost {
        @OnRequest()
        find(): void {}
      }
      expectProblem(problemsOf(moduleOf({ providers: [Lost] })), 'Lost', '@AtomService');
    });

    it('exports of what it neither provides nor imports', () => {
      const other = moduleOf({}, 'Other');
      expectProblem(
        problemsOf(moduleOf({ exports: [Store] })),
        'exports: it neither provides nor imports Store',
      );
      expectProblem(problemsOf(moduleOf({ exports: [other] })), 'it does not import Other');
      expectProblem(problemsOf(moduleOf({ exports: [{ module: other }] })), 'it does not import Other');
      const provider = { provide: TOKEN, useValue: 1 } as unknown as Class;
      expectProblem(problemsOf(moduleOf({ exports: [provider] })), 'export the token');
    });

    const shapes: [string, unknown, string[]][] = [
      ['no way', { provide: TOKEN }, ['provider Symbol(token)', 'say one of useValue']],
      ['two ways', { provide: TOKEN, useValue: 1, useClass: Store }, ['not useValue and useClass']],
      ['a typo', { provide: TOKEN, useVale: 1, useValue: 1 }, ["'useVale'", "did you mean 'useValue'?"]],
      ['no token', { useValue: 1 }, ['needs provide']],
      [
        'a useClass that is undefined',
        { provide: TOKEN, useClass: undefined },
        ['a class', 'import each other'],
      ],
      [
        'a useClass that is none',
        { provide: TOKEN, useClass: 'Store' },
        ["useClass takes a class, not 'Store'"],
      ],
      [
        'a useFactory that is none',
        { provide: TOKEN, useFactory: 1 },
        ['useFactory takes a function, not 1'],
      ],
      ['a useExisting that is none', { provide: TOKEN, useExisting: {} }, ['useExisting takes a token']],
      [
        'inject that is no list',
        { provide: TOKEN, useFactory: () => 1, inject: Store },
        ['inject is a list'],
      ],
      ['undefined in inject', { provide: TOKEN, useFactory: () => 1, inject: [undefined] }, ['inject[0]']],
      ['inject without a factory', { provide: TOKEN, useValue: 1, inject: [] }, ['inject is for useFactory']],
      [
        'a promise as its value',
        { provide: TOKEN, useValue: Promise.resolve(1) },
        ['useFactory: () => thatPromise'],
      ],
      ['a plain function', () => 1, ['an entry is', 'give a class']],
    ];
    for (const [name, provider, parts] of shapes) {
      it(`a provider with ${name}`, () => {
        expectProblem(problemsOf(moduleOf({ providers: [provider as Provider] })), 'TestModule', ...parts);
      });
    }

    it('are not repeated for what a missing import would have exported', () => {
      @Injectable()
      class Ledger {
        constructor(readonly store: Store) {}
      }
      expectProblem(problemsOf(moduleOf({ imports: [absent], providers: [Ledger] })), 'TestModule, imports');
    });

    it('are all found at once, and told in one error', () => {
      const root = moduleOf({ imports: [absent], providers: [absent], exports: [Store] });
      expect(() => scanned(root)).to.throw(BootstrapError, /^3 mistakes:\n- .*\n- .*\n- /);
    });
  });
});
