import { expect } from 'chai';
import { createServer } from 'node:net';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import type { Application } from '../../lib/application/application.js';
import { eventually } from '../support/eventually.js';
import { Applications, failure, moduleOf } from './support.js';

const pause = () => new Promise((resolve) => setTimeout(resolve, 2));

@AtomService('@a/worker')
class Worker {
  static events = 0;
  ran = 0;

  @OnRequest({ accepts: 'any' })
  async work(): Promise<number> {
    await pause();
    return ++this.ran;
  }

  @OnEvent('job', { accepts: 'any' })
  async onJob(): Promise<void> {
    await pause();
    Worker.events++;
  }
}

const log: string[] = [];

@AtomService('@a/hooked')
class Hooked {
  static fail: 'onInit' | 'onListening' | 'onClose' | undefined;
  static hang: typeof Hooked.fail;

  private hook(name: typeof Hooked.fail): Promise<void> | void {
    log.push(name!);
    if (Hooked.fail === name) throw new Error(`${name} failed`);
    if (Hooked.hang === name) return new Promise(() => undefined);
  }
  onInit() {
    return this.hook('onInit');
  }
  onListening() {
    return this.hook('onListening');
  }
  onClose() {
    return this.hook('onClose');
  }
  @OnRequest({ accepts: 'any' })
  x() {
    return 1;
  }
}

describe('the life of an application', () => {
  const apps = new Applications().closeAfterEach();

  beforeEach(() => {
    log.length = 0;
    Hooked.fail = Hooked.hang = undefined;
    Worker.events = 0;
  });

  it('begins once, however often it is told to, and ends once', async () => {
    const app = apps.create(moduleOf([Hooked]));
    expect(app.status().state).to.equal('created');
    expect(await Promise.all([app.listen(), app.listen()])).to.deep.equal([app, app]);
    expect(app.status().state).to.equal('listening');
    await Promise.all([app.close(), app.close()]);
    await app.close();
    expect(log).to.deep.equal(['onInit', 'onListening', 'onClose']);
    expect(app.status().state).to.equal('closed');
    expect(await app.listen().catch((error: Error) => error.message)).to.include('is closed; create another');
  });

  it('may end before it has begun, and while it begins', async () => {
    const never = apps.create(moduleOf([Hooked]));
    await never.close();
    expect(log).to.deep.equal([]);
    const app = apps.create(moduleOf([Hooked]));
    const listening = app.listen().catch((error: Error) => error.message);
    await app.close();
    expect(await listening).to.include('closed while it started');
    expect(app.status().state).to.equal('closed');
    expect(log).not.to.include('onListening');
  });

  for (const fail of ['onInit', 'onListening'] as const) {
    it(`closes everything when ${fail} fails`, async () => {
      Hooked.fail = fail;
      const app = apps.create(moduleOf([Hooked]));
      expect(await app.listen().catch((error: Error) => error.message)).to.include(`${fail} failed`);
      const { state, endpoint } = app.status();
      expect(state).to.equal('closed');
      const port = Number(endpoint.split(':').at(-1));
      await listensOn(port);
      await app.close();
    });
  }

  it('closes everything when onClose fails, and says so', async () => {
    Hooked.fail = 'onClose';
    const app = await apps.listen(moduleOf([Hooked]));
    const { endpoint } = app.status();
    expect(await app.close().catch((error: Error) => error.message)).to.include('onClose failed');
    await listensOn(Number(endpoint.split(':').at(-1)));
    Hooked.fail = undefined;
    await apps.close().catch(() => undefined);
  });

  for (const hang of ['onInit', 'onListening', 'onClose'] as const) {
    it(`closes everything though ${hang} never returns, and names it`, async () => {
      Hooked.hang = hang;
      const app = apps.create(moduleOf([Hooked]), { drainTimeout: 100 });
      const listening = app.listen().catch(() => undefined);
      if (hang === 'onClose') await listening;
      else await eventually(() => log.includes(hang));
      const { endpoint } = app.status();
      const failure = await app.close().catch((error: Error) => error);
      expect((failure as Error).message)
        .to.include(`Hooked.${hang}()`)
        .and.include('did not return within 100 ms');
      expect(app.status().state).to.equal('closed');
      await listensOn(Number(endpoint.split(':').at(-1)));
      await apps.close().catch(() => undefined);
    });
  }

  for (const [option, variable] of [
    ['port', 'ATOM_PORT'],
    ['eventsPort', 'ATOM_EVENTS_PORT'],
  ] as const) {
    it(`names port, option and mend when ${option} is taken`, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const error = await apps
        .listen(moduleOf([Hooked]), { [option]: port })
        .catch((thrown: NodeJS.ErrnoException) => thrown);
      expect(error).to.include({ code: 'EADDRINUSE' });
      expect((error as Error).message).to.equal(
        `EADDRINUSE: cannot listen on 127.0.0.1:${port} (${option}): another process has it; give another (option '${option}', ${variable}), or none and the system chooses a free one`,
      );
      await new Promise((resolve) => server.close(resolve));
    });
  }

  it('ends without losing a request, while they keep coming', async () => {
    const [first] = await startWorkers();
    const client = await apps.client();
    await eventually(() => client.services()[0]?.instances.length === 2);
    let stop = false;
    let done = 0;
    const failures: unknown[] = [];
    const load = Array.from({ length: 20 }, async () => {
      while (!stop) {
        await client.request('@a/worker', 'work', 1, { timeout: 3000 }).then(
          () => done++,
          (error: unknown) => failures.push(error),
        );
      }
    });
    await eventually(() => done > 200);
    await first.close();
    const before = done;
    await eventually(() => done > before + 200);
    stop = true;
    await Promise.all(load);
    expect(failures).to.deep.equal([]);
  });

  it('ends without losing an event, while they keep coming', async () => {
    const [first] = await startWorkers();
    const client = await apps.client();
    await eventually(() => client.services()[0]?.instances.length === 2);
    let stop = false;
    let sent = 0;
    const load = (async () => {
      while (!stop) {
        const { instances, dropped } = await client.publish('job', sent);
        expect([instances, dropped]).to.deep.equal([1, 0]);
        sent++;
        if (sent % 3 === 0) await pause();
      }
    })();
    await eventually(() => sent > 100);
    await first.close();
    const before = sent;
    await eventually(() => sent > before + 100);
    stop = true;
    await load;
    await eventually(() => expect(Worker.events).to.equal(sent));
  });

  it('of a client ends with its pending requests, and then refuses more', async () => {
    await apps.listen(moduleOf([Worker]));
    const client = await apps.client();
    await client.waitFor('@a/worker', { timeout: 5000 });
    expect(await client.request('@a/worker', 'work', 1)).to.equal(1);
    const pending = client.request('@a/worker', 'work', 1);
    await client.close();
    expect(await pending).to.equal(2);
    expect((await failure(client.request('@a/worker', 'work', 1))).message).to.equal('This client is closed');
  });

  it('balances requests over the instances', async () => {
    await startWorkers(3);
    const client = await apps.client();
    await eventually(() => client.services()[0]?.instances.length === 3);
    const answers = await Promise.all(
      Array.from({ length: 600 }, () => client.request<number>('@a/worker', 'work', 1)),
    );
    expect(answers).to.have.length(600);
    const stats = await Promise.all(
      client.services()[0]!.instances.map(({ id }) =>
        client.request<{ operations: { work: { count: number } } }>('@a/worker', '$stats', undefined, {
          instance: id,
        }),
      ),
    );
    for (const { operations } of stats) expect(operations.work.count).to.be.within(150, 250);
  });

  it('waits for services that come later, and names those that do not', async () => {
    const client = await apps.client();
    const error = await failure(client.waitFor(['@a/worker', '@a/other'], { timeout: 60 }));
    expect(error).to.include({
      code: 'UNAVAILABLE',
      message: "Waited 60ms for '@a/worker', '@a/other': not available or running",
    });
    const waiting = client.waitFor('@a/worker', { timeout: 5000 });
    await apps.listen(moduleOf([Worker]));
    await waiting;
  });

  function startWorkers(count = 2): Promise<[Application, ...Application[]]> {
    const listening = Array.from({ length: count }, () => apps.listen(moduleOf([Worker])));
    return Promise.all(listening) as unknown as Promise<[Application, ...Application[]]>;
  }
});

/** Succeeds when the port is free again. */
async function listensOn(port: number): Promise<void> {
  await eventually(async () => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });
}
