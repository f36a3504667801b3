import { expect } from 'chai';
import { AtomError, type Application, type AtomClient } from 'atomjs';
import { createTestApplication, createTestClient, TestNetwork } from 'atomjs/testing';
import type { Greeted } from '../src/greeted.js';
import { GreeterModule } from '../src/greeter-module.js';
import type { GreeterService } from '../src/greeter-service.js';

describe('the greeter', () => {
  let app: Application;
  let client: AtomClient & { close(): Promise<void> };

  beforeEach(async () => {
    const network = new TestNetwork(); // in memory: no sockets, no waiting
    app = await createTestApplication(GreeterModule, { network });
    client = await createTestClient(network);
  });
  afterEach(async () => {
    await client.close();
    await app.close();
  });

  it('greets by name', async () => {
    const { text } = await client.of<GreeterService>('@demo/greeter').greet({ name: 'Ada' });
    expect(text).to.equal('Hello, Ada!');
  });

  it('tells of it', async () => {
    const heard = new Promise<Greeted>((resolve) => {
      void client.subscribe('@demo/greeter|||greeter.greeted', (event) => resolve(event));
    });
    await client.of<GreeterService>('@demo/greeter').greet({ name: 'Ada' });
    expect((await heard).text).to.equal('Hello, Ada!');
  });

  it('refuses an empty name', async () => {
    const refused = await client
      .of<GreeterService>('@demo/greeter')
      .greet({ name: '' })
      .catch((error: unknown) => error);
    expect(AtomError.from(refused).code).to.equal('INVALID_ARGUMENT');
  });
});
