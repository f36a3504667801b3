import { IsInt } from 'class-validator';
import { expect } from 'chai';
import type { ServiceDescription, ServiceStats } from '../../lib/application/builtin-operations.js';
import { AtomClient } from '../../lib/client/atom-client.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { Injectable } from '../../lib/decorators/injectable.js';
import { Lexeme } from '../../lib/decorators/lexeme.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { Use } from '../../lib/decorators/use.js';
import type { MessageContext } from '../../lib/runtime/context.js';
import type { Middleware, Next } from '../../lib/runtime/middleware.js';
import { eventually } from '../support/eventually.js';
import { Applications, failure, moduleOf } from './support.js';

@Lexeme('sum', { version: 2, upcast: { 1: (old: object) => old } })
class Sum {
  @IsInt() a!: number;
  @IsInt() b!: number;
}

const mark =
  (name: string): Middleware =>
  async (_, next) =>
    `${name}(${String(await next())})`;

@Injectable()
class Names {
  readonly name = 'injected';
}

class Injected {
  constructor(private readonly names: Names) {}
  use(_: MessageContext, next: Next): Promise<unknown> {
    return mark(this.names.name)(_, next) as Promise<unknown>;
  }
}
Injectable()(Injected);
Reflect.defineMetadata('design:paramtypes', [Names], Injected);

@AtomService({ name: '@calc/sums', version: '1.2.3', metadata: { region: 'eu' } })
@Use(mark('service'), Injected)
class Sums {
  @OnRequest('add-up')
  @Use(mark('method'))
  add({ a, b }: Sum): number {
    return a + b;
  }

  @OnEvent('sum.wanted', { from: '@calc/other', accepts: 'any', delivery: 'broadcast' })
  onWanted(): void {}
}

@AtomService('@calc/other')
class Other {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any' })
  ask(): Promise<unknown> {
    return this.client.request('@calc/sums', 'add', { a: 1, b: 2 });
  }
}

describe('what a service tells of itself', () => {
  const apps = new Applications().closeAfterEach();

  /** Both services in one process, and a client. */
  async function start() {
    const app = await apps.listen(moduleOf([Sums, Other], { providers: [Names] }));
    const client = await apps.client();
    await client.waitFor(['@calc/sums', '@calc/other'], { timeout: 5000 });
    return { app, client };
  }

  it('is what it offers and takes', async () => {
    const { client } = await start();
    const description = await client.request<ServiceDescription>('@calc/sums', '$describe');
    expect(description).to.deep.include({
      name: '@calc/sums',
      version: '1.2.3',
      metadata: { region: 'eu' },
      operations: [{ name: 'add-up', method: 'add', accepts: 'Sum', returns: 'any' }],
      events: [{ topic: 'sum.wanted', from: '@calc/other', delivery: 'broadcast', accepts: 'any' }],
    });
    expect(description.lexemes.Sum).to.include({ label: 'sum', version: 2 });
    expect(description.lexemes.Sum?.schema).to.have.nested.property('properties.a.type', 'integer');
    expect((await failure(client.request('@calc/sums', '$nothing'))).code).to.equal('UNIMPLEMENTED');
  });

  it('is how it has been used, by whom, and who listens', async () => {
    const { client } = await start();
    await client.request('@calc/other', 'ask', 1);
    await client.request('@calc/sums', 'add-up', { a: 1, b: 2 });
    await failure(client.request('@calc/sums', 'add-up', { a: 'x' }));
    await client.subscribe('@calc/other|||sum.*', () => undefined);
    const sums = await client.request<ServiceStats>('@calc/sums', '$stats');
    const { count, inFlight, errors, callers, latency } = sums.operations['add-up']!;
    expect({ count, inFlight, errors }).to.deep.equal({
      count: 3,
      inFlight: 0,
      errors: { INVALID_ARGUMENT: 1 },
    });
    expect(callers).to.deep.equal({ '@calc/other': 1, '': 2 });
    expect(latency.max).to.be.greaterThan(0);
    const other = await client.request<ServiceStats>('@calc/other', '$stats');
    expect(other.listeners).to.have.deep.members([
      { service: '@calc/sums', topic: 'sum.wanted', instances: 1 },
      {
        service: other.listeners.find(({ topic }) => topic === 'sum.*')!.service,
        topic: 'sum.*',
        instances: 1,
      },
    ]);
  });

  it('shares the sockets of its process with its neighbours', async () => {
    const { app, client } = await start();
    expect(app.status().services).to.deep.equal(['@calc/sums', '@calc/other']);
    const endpoints = client.services().flatMap(({ instances }) => instances.map(({ endpoint }) => endpoint));
    expect(new Set(endpoints).size).to.equal(1);
    await client.request('@calc/other', 'ask', 1);
    await client.request('@calc/sums', 'add', { a: 1, b: 2 });
    expect(client.services().map(({ name }) => name)).to.deep.equal(['@calc/other', '@calc/sums']);
  });

  it('changes for everybody when handlers come and go while it runs', async () => {
    const { app, client } = await start();
    const known = () =>
      client.services().find(({ name }) => name === '@calc/other')!.instances[0]!.operations;
    const other = app.service('@calc/other').handle('double', (n: number) => n * 2, { accepts: Number });
    expect(() => other.handle('double', () => 1)).to.throw("'@calc/other' has an operation 'double' already");
    expect(() => other.handle('$x', () => 1)).to.throw("'$x' is reserved");
    expect(() => app.service('@calc/none')).to.throw('it has @calc/sums, @calc/other');
    await eventually(() => known().includes('double'));
    expect(await client.request('@calc/other', 'double', 21)).to.equal(42);
    expect((await failure(client.request('@calc/other', 'double', 'x'))).code).to.equal('INVALID_ARGUMENT');
    expect(other.unhandle('double')).to.equal(true);
    expect(other.unhandle('double')).to.equal(false);
    await eventually(() => !known().includes('double'));
    expect((await failure(client.request('@calc/other', 'double', 1))).code).to.equal('UNIMPLEMENTED');
  });

  it('fails a call whose answer is nested too deep, as one that was run', async () => {
    const { app } = await start();
    const deep = JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown;
    app.service('@calc/other').handle('deep', () => deep);
    const error = await failure(app.client.request('@calc/other', 'deep'));
    expect(error).to.include({ code: 'INTERNAL', outcome: 'FAILED' });
    expect(error.message).to.include('nested deeper than 32');
  });

  describe('middleware', () => {
    it('runs application, service, method, with classes made by the container', async () => {
      const app = apps.create(moduleOf([Sums, Other], { providers: [Names] }));
      app.use(mark('first')).use(mark('second'));
      await app.listen();
      expect(() => app.use(mark('late'))).to.throw('before listen()');
      const result = await app.client.request('@calc/sums', 'add', { a: 1, b: 2 });
      expect(result).to.equal('first(second(service(injected(method(3)))))');
    });

    it('sees and changes what goes out', async () => {
      const { app } = await start();
      const seen: unknown[] = [];
      app.use(
        (context, next) => {
          seen.push([context.direction, context.kind, context.service, context.operation, context.topic]);
          context.headers['x-token'] = 'secret';
          if (context.kind === 'request') context.data = { a: 20, b: 22 };
          return next();
        },
        { outbound: true },
      );
      app.service('@calc/other').handle('header', (_: unknown, { headers }) => headers['x-token']);
      expect(await app.client.request('@calc/sums', 'add', { a: 1, b: 2 })).to.include('42');
      expect(await app.client.request('@calc/other', 'header')).to.equal('secret');
      await app.client.publish('some.topic', 1);
      expect(seen).to.deep.equal([
        ['outbound', 'request', '@calc/sums', 'add', ''],
        ['outbound', 'request', '@calc/other', 'header', ''],
        ['outbound', 'event', '', '', 'some.topic'],
      ]);
    });

    it('fails calls with an AtomError that says what became of them', async () => {
      const { app } = await start();
      let after = false;
      app.use(
        async (_, next) => {
          if (after) await next();
          throw new TypeError('no token');
        },
        { outbound: true },
      );
      const before = await failure(app.client.request('@calc/sums', 'add', { a: 1, b: 2 }));
      expect(before).to.include({ code: 'INTERNAL', outcome: 'NOT_SENT', operation: 'add' });
      expect(before.message).to.include('no token');
      after = true;
      const late = await failure(app.client.request('@calc/sums', 'add', { a: 1, b: 2 }));
      expect(late).to.include({ code: 'INTERNAL', outcome: 'UNKNOWN' });
    });

    it('cannot send headers that would cost others their messages', async () => {
      const { app } = await start();
      app.use(
        (context, next) => {
          (context.headers as Record<string, unknown>)['x-count'] = 5;
          return next();
        },
        { outbound: true },
      );
      const error = await failure(app.client.request('@calc/sums', 'add', { a: 1, b: 2 }));
      expect(error).to.include({ code: 'INVALID_ARGUMENT', message: "Header 'x-count' is not text" });
    });
  });
});
