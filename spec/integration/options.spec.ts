import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { eventually } from '../support/eventually.js';
import { Lines } from '../unit/runtime/support.js';
import { Applications, failure, moduleOf } from './support.js';

const heard: unknown[] = [];

@AtomService('@a/b')
class Service {
  @OnRequest({ accepts: 'any' })
  x(): number {
    return 1;
  }

  @OnEvent('e', { accepts: 'any' })
  onE(data: unknown): void {
    heard.push(data);
  }
}

describe('options, in effect', () => {
  const apps = new Applications().closeAfterEach();

  it('environment: services of different ones never see one another', async () => {
    const environments = ['red', 'blue'];
    await Promise.all(environments.map((environment) => apps.listen(moduleOf([Service]), { environment })));
    const clients = await Promise.all(environments.map((environment) => apps.client({ environment })));
    const green = await apps.client({ environment: 'green', discoveryGrace: 300 });
    for (const client of clients) await client.waitFor('@a/b', { timeout: 5000 });
    for (const client of clients) expect(client.services()[0]!.instances).to.have.length(1);
    const ids = clients.map((client) => client.services()[0]!.instances[0]!.id);
    expect(new Set(ids).size).to.equal(2);
    await clients[0]!.publish('e', 'red');
    expect((await green.publish('e', 'green')).instances).to.equal(0);
    expect((await failure(green.request('@a/b', 'x'))).code).to.equal('UNAVAILABLE');
    expect(green.services()).to.deep.equal([]);
    await eventually(() => heard.length === 1);
    expect(heard).to.deep.equal(['red']);
  });

  it('seeds: find one another without multicast and without Redis', async () => {
    const app = await apps.listen(moduleOf([Service]), { discovery: { multicast: 'off' } });
    const seeds = [app.status().endpoint];
    const client = await apps.client({ discovery: { multicast: 'off', seeds } });
    await client.waitFor('@a/b', { timeout: 5000 });
    expect(await client.request('@a/b', 'x')).to.equal(1);
  });

  it('logger: is told of the start, and of waiting, in fields and words', async () => {
    const logger = new Lines();
    const app = await apps.listen(moduleOf([Service]), { logger });
    expect(logger.all).to.include('info listening');
    const waiting = failure(app.client.waitFor('@a/none', { timeout: 50 }));
    expect(app.status().waitingFor).to.deep.equal(['@a/none']);
    await waiting;
    expect(app.status().waitingFor).to.deep.equal([]);
    expect(logger.all).to.include('info waiting for services');
    await app.close();
    expect(logger.all.at(-1)).to.equal('info closed');
  });

  it('insecure: warns at the start', async () => {
    const logger = new Lines();
    await apps.listen(moduleOf([Service]), { logger, insecure: true });
    expect(logger.all.some((line) => line.startsWith('warn insecure:'))).to.equal(true);
  });

  it('requestTimeout: is the deadline of who names none', async () => {
    const app = await apps.listen(moduleOf([Service]), { requestTimeout: 80, drainTimeout: 100 });
    app.service('@a/b').handle('hang', () => new Promise(() => {}));
    const error = await failure(app.client.request('@a/b', 'hang'));
    expect(error.message).to.equal('Request timeout after 80ms for @a/b::hang');
    await expectQuickClose(() => app.close());
  });

  it('drainTimeout: bounds the close, after which what still runs is aborted', async () => {
    const app = await apps.listen(moduleOf([Service]), { drainTimeout: 100 });
    const aborted: unknown[] = [];
    app.service('@a/b').handle('hang', (_: unknown, { abortSignal }) => {
      abortSignal.addEventListener('abort', () => aborted.push((abortSignal.reason as Error).message));
      return new Promise(() => {});
    });
    const client = await apps.client();
    await client.waitFor('@a/b', { timeout: 5000 });
    const lost = failure(client.request('@a/b', 'hang'));
    await eventually(() => app.status().inFlight === 1);
    await expectQuickClose(() => app.close());
    expect(aborted[0]).to.include('drain timeout has passed');
    expect((await lost).outcome).to.equal('UNKNOWN');
  });
});

/** Fails when it takes as long as the default drain timeout. */
async function expectQuickClose(close: () => Promise<void>): Promise<void> {
  const before = performance.now();
  await close();
  expect(performance.now() - before).to.be.lessThan(9000);
}
