import { expect } from 'chai';
import { AtomModule, AtomService, OnRequest, type Application } from 'atomjs';
import { createTestApplication, createTestClient, TestNetwork } from 'atomjs/testing';
import { eventually } from '../../support/eventually.js';
import { errorOf } from '../runtime/support.js';

/** Instances of the service that hang: by the order in which they were asked. */
let asked: Service[] = [];

@AtomService('@test/reader')
class Service {
  @OnRequest({ idempotent: true, returns: 'any' })
  read(): Promise<number> {
    return this.hangOnce();
  }

  @OnRequest({ returns: 'any' })
  write(): Promise<number> {
    return this.hangOnce();
  }

  private hangOnce(): Promise<number> {
    asked.push(this);
    return asked.length === 1 ? new Promise(() => {}) : Promise.resolve(asked.length);
  }
}

@AtomModule({ services: [Service] })
class ReaderModule {}

describe('an instance that dies with a request', () => {
  let network: TestNetwork;
  let apps: Application[];
  let client: Awaited<ReturnType<typeof createTestClient>>;

  beforeEach(async () => {
    asked = [];
    network = new TestNetwork();
    apps = [
      await createTestApplication(ReaderModule, { network }),
      await createTestApplication(ReaderModule, { network }),
    ];
    client = await createTestClient(network);
    await client.waitFor('@test/reader');
    await eventually(() => client.services()[0]?.instances.length === 2);
  });

  afterEach(async () => {
    await client.close();
    await Promise.all(apps.map((app) => app.close()));
  });

  const killFirst = async () => {
    await eventually(() => asked.length === 1);
    const victim = apps.find((app) => app.get(Service) === asked[0])!;
    await network.kill(victim.status().instance);
  };

  it('costs nothing where the operation says that it is idempotent: another one answers', async () => {
    const answered = client.request('@test/reader', 'read');
    await killFirst();
    expect(await answered).to.equal(2);
    expect(asked[0]).not.to.equal(asked[1]);
  });

  it('costs a plain request, of which nobody knows whether it was done', async () => {
    const failed = errorOf(client.request('@test/reader', 'write'));
    await killFirst();
    expect((await failed).outcome).to.equal('UNKNOWN');
    expect(asked).to.have.length(1);
  });
});
