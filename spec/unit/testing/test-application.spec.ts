import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  AtomClient,
  AtomError,
  AtomModule,
  AtomService,
  BootstrapError,
  Inject,
  Injectable,
  OnEvent,
  OnRequest,
  type Application,
} from 'atomjs';
import {
  createTestApplication,
  createTestClient,
  FakeClock,
  TestNetwork,
  type TestApplicationOptions,
} from 'atomjs/testing';
import { eventually } from '../../support/eventually.js';
import { ROOT } from '../../support/tree.js';

const RATE = Symbol('rate');

@Injectable()
class Prices {
  constructor(@Inject(RATE) private readonly rate: number) {}
  of(sku: string): number {
    return sku.length * this.rate;
  }
}

@AtomService('@test/stock')
class StockService {
  constructor(
    private readonly prices: Prices,
    private readonly client: AtomClient,
  ) {}

  @OnRequest({ accepts: 'any', returns: 'any' })
  async price(data: { sku: string }): Promise<number> {
    await this.client.publish('stock.asked', { sku: data.sku });
    return this.prices.of(data.sku);
  }

  @OnRequest({ accepts: 'any', returns: 'any' })
  never(_: unknown): Promise<void> {
    return new Promise(() => {});
  }
}

@AtomModule({ services: [StockService], providers: [Prices, { provide: RATE, useValue: 2 }] })
class StockModule {}

@AtomService('@test/orders')
class OrdersService {
  readonly asked: unknown[] = [];
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any', returns: 'any' })
  async order(data: { sku: string }): Promise<{ total: number }> {
    return { total: await this.client.request<number>('@test/stock', 'price', data) };
  }

  @OnEvent('stock.asked', { accepts: 'any' })
  onAsked(event: unknown): void {
    this.asked.push(event);
  }
}

@AtomModule({ services: [OrdersService] })
class OrdersModule {}

describe('createTestApplication', () => {
  const open: { close(): Promise<void> }[] = [];
  const start = async (
    module: typeof StockModule | typeof OrdersModule,
    options: TestApplicationOptions = {},
  ): Promise<Application> => {
    const app = await createTestApplication(module, options);
    open.push(app);
    return app;
  };
  const client = async (
    ...given: Parameters<typeof createTestClient>
  ): ReturnType<typeof createTestClient> => {
    const made = await createTestClient(...given);
    open.push(made);
    return made;
  };
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('lets several applications of one network call and hear one another', async () => {
    const network = new TestNetwork();
    const orders = await start(OrdersModule, { network });
    const stock = await start(StockModule, { network });
    const caller = await client(network);
    expect(await caller.request('@test/orders', 'order', { sku: 'abc' })).to.deep.equal({ total: 6 });
    await eventually(() => expect(orders.get(OrdersService).asked).to.deep.equal([{ sku: 'abc' }]));
    expect(stock.status().endpoint).to.match(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    expect(caller.services().map(({ name }) => name)).to.have.members(['@test/orders', '@test/stock']);
  });

  it('leaves nothing in the network when all are closed', async () => {
    const network = new TestNetwork();
    const orders = await start(OrdersModule, { network });
    await start(StockModule, { network });
    await orders.client.request('@test/orders', 'order', { sku: 'abc' });
    expect(network.messages.size).to.be.above(4);
    for (const one of open.splice(0)) await one.close();
    expect(network.messages.size).to.equal(0);
  });

  it('is alone without a network', async () => {
    await start(StockModule);
    const orders = await start(OrdersModule, { options: { discoveryGrace: 0 } });
    const error: unknown = await orders.client
      .request('@test/stock', 'price', { sku: 'a' })
      .catch((e: unknown) => e);
    expect(error).to.be.instanceOf(AtomError).with.property('code', 'UNAVAILABLE');
  });

  it('puts overrides in the place of providers', async () => {
    const network = new TestNetwork();
    await start(StockModule, { network, overrides: [{ provide: RATE, useValue: 100 }] });
    const caller = await client(network);
    expect(await caller.request('@test/stock', 'price', { sku: 'ab' })).to.equal(200);
    const fake = { of: () => 7 };
    const other = await start(StockModule, { overrides: [{ provide: Prices, useValue: fake }] });
    expect(await other.client.request('@test/stock', 'price', { sku: 'ab' })).to.equal(7);
  });

  it('needs nothing of what only a replaced provider would have needed', async () => {
    @AtomModule({ services: [StockService], providers: [Prices] })
    class WithoutRate {}
    const fake = { of: () => 7 };
    const app = await start(WithoutRate, { overrides: [{ provide: Prices, useValue: fake }] });
    expect(await app.client.request('@test/stock', 'price', { sku: 'ab' })).to.equal(7);
  });

  it('rejects an override that replaces nothing', async () => {
    class Nothing {}
    const error: unknown = await start(StockModule, { overrides: [{ provide: Nothing, useValue: 1 }] }).catch(
      (e: unknown) => e,
    );
    expect(error)
      .to.be.instanceOf(BootstrapError)
      .with.property('message')
      .that.matches(/Nothing/);
  });

  it('is configured before it listens: middleware is bound to its handlers', async () => {
    const passed: string[] = [];
    const app = await start(StockModule, {
      configure: (made) =>
        void made.use((context, next) => {
          passed.push(context.operation);
          return next();
        }),
    });
    expect(await app.client.request('@test/stock', 'price', { sku: 'ab' })).to.equal(4);
    expect(passed).to.deep.equal(['price']);
    const error: unknown = await start(StockModule, {
      configure: () => {
        throw new Error('not like this');
      },
    }).catch((e: unknown) => e);
    expect(error).to.have.property('message', 'not like this');
  });

  it('keeps environments apart', async () => {
    const network = new TestNetwork();
    await start(StockModule, { network, options: { environment: 'blue' } });
    const blue = await client(network, { options: { environment: 'blue' } });
    const green = await client(network, { options: { environment: 'green', discoveryGrace: 0 } });
    expect(await blue.request('@test/stock', 'price', { sku: 'a' })).to.equal(2);
    expect(green.services()).to.be.empty;
    const error: unknown = await green.request('@test/stock', 'price', { sku: 'a' }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(AtomError).with.property('code', 'UNAVAILABLE');
  });

  it('takes no notice of environment variables', async () => {
    process.env.ATOM_ENV = 'elsewhere';
    try {
      expect((await start(StockModule)).status().environment).to.equal('default');
    } finally {
      delete process.env.ATOM_ENV;
    }
  });

  it('logs errors only, unless it is given a level to log at', () => {
    const start = (options: string): string => {
      const program = `
        import { AtomModule } from 'atomjs';
        import { createTestApplication } from 'atomjs/testing';
        class Nothing {}
        AtomModule({})(Nothing);
        const app = await createTestApplication(Nothing, { options: ${options} });
        await app.close();
      `;
      const args = ['--input-type=module', '-e', program];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
      expect([status, stderr]).to.deep.equal([0, '']);
      return stdout;
    };
    expect(start('{}')).to.equal('');
    expect(start(`{ logLevel: 'info' }`)).to.include('client ready');
  });

  it('lets a request time out as soon as the fake clock says so', async () => {
    const [network, clock] = [new TestNetwork(), new FakeClock()];
    await start(StockModule, { network, clock });
    const caller = await client(network, { clock });
    const began = performance.now();
    const answer = caller.request('@test/stock', 'never', {}).then(
      () => 'answered',
      (e: unknown) => e,
    );
    await clock.advance(9999);
    expect(await Promise.race([answer, clock.settle().then(() => 'pending')])).to.equal('pending');
    await clock.advance(1);
    const error = await answer;
    expect(error).to.be.instanceOf(AtomError).with.property('code', 'DEADLINE_EXCEEDED');
    expect((error as AtomError).message).to.equal('Request timeout after 10000ms for @test/stock::never');
    expect(performance.now() - began).to.be.below(5000);
    // The handler goes on: closing gives it `drainTimeout`.
    const closing = Promise.all(open.splice(0).map((one) => one.close()));
    await clock.advance(10_000);
    await closing;
  });

  it('finds another instance when one is killed, on the fake clock', async () => {
    const [network, clock] = [new TestNetwork(), new FakeClock()];
    const first = await start(StockModule, { network, clock });
    const second = await start(StockModule, { network, clock });
    const caller = await client(network, { clock });
    await clock.settle();
    for (let i = 0; i < 10; i++) await caller.request('@test/stock', 'price', { sku: 'a' });
    await network.kill(first.status().instance);
    await clock.settle();
    for (let i = 0; i < 10; i++) {
      expect(await caller.request('@test/stock', 'price', { sku: 'a' })).to.equal(2);
    }
    expect(caller.services()[0]?.instances.filter(({ state }) => state === 'routable')).to.have.length(1);
    expect(second.status().state).to.equal('listening');
  });

  it('loses a partitioned peer and finds it again when healed', async () => {
    const [network, clock] = [new TestNetwork(), new FakeClock()];
    const stock = await start(StockModule, { network, clock });
    const caller = await start(OrdersModule, { network, clock });
    await clock.settle();
    const ask = (): Promise<unknown> =>
      caller.client.request('@test/stock', 'price', { sku: 'a' }, { timeout: 1000 }).catch((e: unknown) => e);
    expect(await ask()).to.equal(2);
    network.messages.partition(stock.status().instance, caller.status().instance);
    const lost = ask();
    await clock.advance(10_000);
    expect(await lost).to.be.instanceOf(AtomError);
    network.messages.heal();
    await clock.advance(10_000);
    const found = ask();
    await clock.advance(1000);
    expect(await found).to.equal(2);
  });
});
