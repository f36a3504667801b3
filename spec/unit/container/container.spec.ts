import { expect } from 'chai';
import { fakeLexicon, moduleOf } from '../scanner/support.js';
import { createContainer, type AppContainer } from '../../../lib/container/container.js';
import type { Override } from '../../../lib/container/overrides.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { Inject } from '../../../lib/decorators/inject.js';
import { Injectable } from '../../../lib/decorators/injectable.js';
import { Optional } from '../../../lib/decorators/optional.js';
import { Use } from '../../../lib/decorators/use.js';
import { BootstrapError } from '../../../lib/errors.js';
import type { ModuleReference, Token } from '../../../lib/metadata/definitions.js';
import { scan } from '../../../lib/scanner/scan.js';

class Client {}
const CONFIG = Symbol('config');

@Injectable()
class Store {}

@Injectable()
class Ledger {
  constructor(readonly store: Store) {}
}

@AtomService('@shop/orders')
class Orders {
  constructor(
    readonly client: Client,
    readonly ledger: Ledger,
    @Inject(CONFIG) readonly config: unknown,
    @Optional() @Inject('missing') readonly missing: unknown,
  ) {}
}

const builtins = new Map<Token, unknown>([[Client, new Client()]]);

function containerOf(root: ModuleReference, overrides?: Map<Token, Override>): AppContainer {
  const definition = scan(root, {
    builtins: builtins.keys(),
    replaced: overrides?.keys(),
    ...fakeLexicon,
  });
  return createContainer(definition, { builtins, overrides });
}

function signal(): { given: Promise<void>; give(): void } {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give: () => give() };
}

function containerClosedAtOnce(): AppContainer {
  const container = containerOf(moduleOf({ providers: [Store] }));
  void container.close();
  return container;
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it was resolved'),
    (error: unknown) => error as Error,
  );
}

const ordersModule = moduleOf(
  { services: [Orders], providers: [Ledger, Store, { provide: CONFIG, useValue: 42 }] },
  'OrdersModule',
);

describe('container', () => {
  it('gives constructors what their module sees, builtins and undefined for what is optional and absent', async () => {
    const container = containerOf(ordersModule);
    await container.init();
    const orders = container.get(Orders, 'OrdersModule') as Orders;
    expect(orders).to.be.instanceOf(Orders);
    expect(orders.client).to.equal(builtins.get(Client));
    expect(orders.ledger).to.equal(container.get(Ledger, 'OrdersModule'));
    expect(orders.ledger.store).to.equal(container.get(Store, 'OrdersModule'));
    expect(orders.config).to.equal(42);
    expect(orders.missing).to.equal(undefined);
  });

  it('makes one instance of each provider', async () => {
    const container = containerOf(ordersModule);
    await container.init();
    await container.init();
    expect(container.get(Store, 'OrdersModule')).to.equal(container.get(Store, 'OrdersModule'));
    expect(container.instances().filter(({ instance }) => instance instanceof Store)).to.have.length(1);
  });

  it('lists instances with dependencies before dependants, without builtins', async () => {
    const container = containerOf(ordersModule);
    expect(container.instances()).to.deep.equal([]);
    await container.init();
    const names = container.instances().map(({ name, module }) => `${module}.${name}`);
    expect(names).to.deep.equal([
      'OrdersModule.Store',
      'OrdersModule.Ledger',
      'OrdersModule.Orders',
      'OrdersModule.OrdersModule',
    ]);
  });

  it('constructs providers that nobody asks for', async () => {
    let made = 0;
    @Injectable()
    class Idle {
      constructor() {
        made++;
      }
    }
    const container = containerOf(moduleOf({ providers: [Idle] }));
    expect(made).to.equal(0);
    await container.init();
    expect(made).to.equal(1);
  });

  it('gives a module that is imported twice to both as one set of singletons', async () => {
    const shared = moduleOf({ providers: [Store], exports: [Store] }, 'Shared');
    const left = moduleOf({ imports: [shared] }, 'Left');
    const right = moduleOf({ imports: [shared] }, 'Right');
    const container = containerOf(moduleOf({ imports: [left, right] }));
    await container.init();
    expect(container.get(Store, 'Left')).to.equal(container.get(Store, 'Right'));
    expect(() => container.get(Store, 'TestModule')).to.throw('cannot see it');
  });

  it('gives each dynamic module its own set, and one object of it the same', async () => {
    const base = moduleOf({}, 'Dynamic');
    const one = { module: base, providers: [{ provide: CONFIG, useValue: { n: 1 } }], exports: [CONFIG] };
    const two = { module: base, providers: [{ provide: CONFIG, useValue: { n: 2 } }], exports: [CONFIG] };
    const a = moduleOf({ imports: [one] }, 'A');
    const b = moduleOf({ imports: [one] }, 'B');
    const c = moduleOf({ imports: [two] }, 'C');
    const container = containerOf(moduleOf({ imports: [a, b, c] }));
    await container.init();
    expect(container.get(CONFIG, 'A')).to.deep.equal({ n: 1 });
    expect(container.get(CONFIG, 'B')).to.equal(container.get(CONFIG, 'A'));
    expect(container.get(CONFIG, 'C')).to.deep.equal({ n: 2 });
  });

  it('keeps equal tokens of two modules apart', async () => {
    const a = moduleOf({ providers: [{ provide: CONFIG, useValue: 'a' }] }, 'A');
    const b = moduleOf({ providers: [{ provide: CONFIG, useValue: 'b' }] }, 'B');
    const container = containerOf(moduleOf({ imports: [a, b] }));
    await container.init();
    expect([container.get(CONFIG, 'A'), container.get(CONFIG, 'B')]).to.deep.equal(['a', 'b']);
  });

  it("lets a module's own provider go before a builtin and before an import's", async () => {
    const client = new Client();
    const imported = moduleOf(
      { providers: [{ provide: CONFIG, useValue: 1 }], exports: [CONFIG] },
      'Imported',
    );
    const own = [
      { provide: Client, useValue: client },
      { provide: CONFIG, useValue: 2 },
    ];
    const container = containerOf(moduleOf({ imports: [imported], providers: own }));
    await container.init();
    expect(container.get(Client, 'TestModule')).to.equal(client);
    expect(container.get(Client, 'Imported')).to.equal(builtins.get(Client));
    expect(container.get(CONFIG, 'TestModule')).to.equal(2);
  });

  it('makes useClass and useExisting providers', async () => {
    class Better extends Store {}
    const ALIAS = Symbol('alias');
    const providers = [
      { provide: ALIAS, useExisting: Store },
      { provide: Store, useClass: Better },
    ];
    const container = containerOf(moduleOf({ providers }));
    await container.init();
    expect(container.get(Store, 'TestModule')).to.be.instanceOf(Better);
    expect(container.get(ALIAS, 'TestModule')).to.equal(container.get(Store, 'TestModule'));
    const better = container.instances().filter(({ instance }) => instance instanceof Better);
    expect(better.map(({ name }) => name)).to.deep.equal(['Better']);
  });

  it('gives a class without a constructor what its base takes', async () => {
    class Inherited extends Ledger {}
    const container = containerOf(moduleOf({ providers: [Inherited, Store] }));
    await container.init();
    expect((container.get(Inherited, 'TestModule') as Ledger).store).to.be.instanceOf(Store);
  });

  it('makes middleware classes of the services in the scope of their module', async () => {
    @Injectable()
    class Guard {
      constructor(readonly store: Store) {}
      use(): void {}
    }
    @AtomService('@shop/guarded')
    @Use(Guard)
    class Guarded {}
    const container = containerOf(moduleOf({ services: [Guarded], providers: [Store] }));
    await container.init();
    expect((container.get(Guard, 'TestModule') as Guard).store).to.equal(container.get(Store, 'TestModule'));
  });

  describe('asynchronous factories', () => {
    it('are awaited in the order of their dependencies', async () => {
      const log: string[] = [];
      const FIRST = Symbol('first');
      const SECOND = Symbol('second');
      const providers = [
        {
          provide: SECOND,
          useFactory: async (first: string) => {
            log.push(`second sees ${first}`);
            return 'B';
          },
          inject: [FIRST],
        },
        {
          provide: FIRST,
          useFactory: async () => {
            await Promise.resolve();
            log.push('first');
            return 'A';
          },
        },
      ];
      const container = containerOf(moduleOf({ providers }));
      await container.init();
      expect(log).to.deep.equal(['first', 'second sees A']);
      expect(container.get(SECOND, 'TestModule')).to.equal('B');
    });

    it('name provider and module when they fail, keep the cause, and may succeed the next time', async () => {
      const cause = new Error('no route');
      let attempts = 0;
      let stores = 0;
      const providers = [
        { provide: Store, useFactory: () => ({ n: ++stores }) },
        {
          provide: CONFIG,
          inject: [Store],
          useFactory: async () => {
            if (++attempts === 1) throw cause;
            return 'up';
          },
        },
      ];
      const container = containerOf(moduleOf({ providers }));
      const failure = await rejection(container.init());
      expect(failure.message).to.equal('TestModule: Symbol(config) could not be made: no route');
      expect(failure.cause).to.equal(cause);
      expect(container.instances()).to.have.length(1);
      await container.init();
      expect(container.get(CONFIG, 'TestModule')).to.equal('up');
      expect(stores).to.equal(1);
    });
  });

  it('names a constructor that throws, and tries it again', async () => {
    let attempts = 0;
    @Injectable()
    class Shaky {
      constructor() {
        if (++attempts === 1) throw new Error('not yet');
      }
    }
    const container = containerOf(moduleOf({ providers: [Shaky] }));
    expect((await rejection(container.init())).message).to.equal(
      'TestModule: Shaky could not be made: not yet',
    );
    await container.init();
    expect(container.get(Shaky, 'TestModule')).to.be.instanceOf(Shaky);
  });

  it('shares one init between callers', async () => {
    let made = 0;
    const container = containerOf(
      moduleOf({ providers: [{ provide: CONFIG, useFactory: async () => ++made }] }),
    );
    await Promise.all([container.init(), container.init()]);
    expect(made).to.equal(1);
  });

  it('gives nothing before init and after close', async () => {
    const container = containerOf(ordersModule);
    expect(() => container.get(Store, 'OrdersModule')).to.throw(
      'nothing is made yet; the application makes it in listen()',
    );
    await container.init();
    await container.close();
    await container.close();
    expect(() => container.get(Store, 'OrdersModule')).to.throw('Store: the application is closed');
    expect((await rejection(containerClosedAtOnce().init())).message).to.include('the application is closed');
  });

  it('ends an init under way when it is closed, and still tells what was made', async () => {
    let made = 0;
    const started = signal();
    const release = signal();
    const slow = async (): Promise<object> => {
      started.give();
      await release.given;
      return {};
    };
    const providers = [
      { provide: 'slow', useFactory: slow },
      { provide: 'later', useFactory: () => ++made },
    ];
    const container = containerOf(moduleOf({ providers }));
    const failure = rejection(container.init());
    await started.given;
    const closed = container.close();
    release.give();
    await closed;
    expect((await failure).message).to.include('the application is closed');
    expect(made).to.equal(0);
    expect(container.instances().map(({ name }) => name)).to.deep.equal(["'slow'"]);
  });

  describe('overrides', () => {
    it('replace matching providers in every module', async () => {
      const a = moduleOf({ providers: [Store] }, 'A');
      const b = moduleOf({ providers: [Store, Ledger] }, 'B');
      const fake = new Store();
      const root = moduleOf({ imports: [a, b] });
      const container = containerOf(root, new Map<Token, Override>([[Store, { useValue: fake }]]));
      await container.init();
      expect(container.get(Store, 'A')).to.equal(fake);
      expect((container.get(Ledger, 'B') as Ledger).store).to.equal(fake);
    });

    it('reach importers of the module', async () => {
      const shared = moduleOf({ providers: [Store], exports: [Store] }, 'Shared');
      const root = moduleOf({ imports: [shared], providers: [Ledger] });
      const fake = new Store();
      const container = containerOf(
        root,
        new Map<Token, Override>([[Store, { useFactory: async () => fake }]]),
      );
      await container.init();
      expect((container.get(Ledger, 'TestModule') as Ledger).store).to.equal(fake);
    });

    it('inject a class as its module sees it', async () => {
      class FakeStore {
        constructor(readonly config: unknown) {}
      }
      Inject(CONFIG)(FakeStore, undefined, 0);
      const overrides = new Map<Token, Override>([[Store, { useClass: FakeStore }]]);
      const container = containerOf(ordersModule, overrides);
      await container.init();
      expect(container.get(Store, 'OrdersModule')).to.deep.include({ config: 42 });
    });

    it('spare what the replaced provider would have needed', async () => {
      const overrides = new Map<Token, Override>([[Ledger, { useValue: { fake: true } }]]);
      const container = containerOf(moduleOf({ providers: [Ledger] }), overrides);
      await container.init();
      expect(container.get(Ledger, 'TestModule')).to.deep.equal({ fake: true });
    });

    it('replace builtins', async () => {
      const client = new Client();
      const container = containerOf(ordersModule, new Map<Token, Override>([[Client, { useValue: client }]]));
      await container.init();
      expect((container.get(Orders, 'OrdersModule') as Orders).client).to.equal(client);
    });

    const mistake = (token: Token, override: Override): readonly string[] => {
      try {
        containerOf(ordersModule, new Map([[token, override]]));
      } catch (error) {
        expect(error).to.be.instanceOf(BootstrapError);
        return (error as BootstrapError).problems;
      }
      return [];
    };

    it('are a mistake when they replace nothing', () => {
      expect(mistake('stoer', { useValue: 1 })).to.deep.equal([
        "the override of 'stoer' replaces nothing: no module provides it",
      ]);
    });

    it('are a mistake when they need what the module cannot see', () => {
      class Needy {
        constructor(readonly other: unknown) {}
      }
      Inject('other')(Needy, undefined, 0);
      const [problem] = mistake(Store, { useClass: Needy });
      expect(problem).to.include("the constructor of Store (Needy), parameter 0, needs 'other'");
    });
  });
});
