import { expect } from 'chai';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { BeaconMessage } from '../../nucleus/beacon/beacon.js';
import { MulticastBeacon } from '../../nucleus/beacon/multicast-beacon.js';
import { systemClock as clock } from '../../nucleus/clock.js';
import { RegistryServer } from '../../nucleus/daemon/registry-server.js';
import { splitEndpoint } from '../../nucleus/endpoint.js';
import { silentLogger as logger } from '../../nucleus/logger.js';
import type { NucleusRegistry } from '../../nucleus/registry/nucleus-registry.js';
import { Heard } from '../conformance/registry.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { randomMulticast } from '../support/multicast.js';
import { NucleusFixture, nucleusRegistry } from '../support/nucleus.js';
import { outerAddress } from '../support/outer-address.js';
import { aMessage, aRecord } from '../support/records.js';

describe('what is bound to an address that others reach', () => {
  const outer = outerAddress();
  const closes: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
  });

  function serverOn(bind: string, port: number): RegistryServer {
    const stores = new NucleusFixture();
    const store = (environment: string) => stores.store(environment);
    const server = new RegistryServer({ bind, port, insecure: true, clock, logger, store, present: store });
    closes.push(() => server.close());
    closes.push(() => stores.stop());
    return server;
  }

  function registryOf(endpoint: string): NucleusRegistry {
    const registry = nucleusRegistry(endpoint);
    closes.push(() => registry.close());
    return registry;
  }

  async function beaconOn(bind: string, network: { group: string; port: number }) {
    const beacon = new MulticastBeacon({ ...network, bind, clock, logger });
    closes.push(() => beacon.close());
    const heard: BeaconMessage[] = [];
    beacon.open({ heard: (message) => void heard.push(message), up: () => undefined });
    return { beacon, heard };
  }

  // A machine that has a loopback only has nothing to bind to.
  if (outer !== undefined) {
    it('serves the registry on the loopback as well', async () => {
      for (const port of [await freePort(), 0]) {
        const server = serverOn(outer, port);
        await server.open();
        const bound = splitEndpoint(server.endpoint);
        expect(bound?.host).to.equal(outer);
        const [within, without] = [`tcp://127.0.0.1:${bound?.port}`, server.endpoint].map(registryOf);
        const [record, heard] = [aRecord(), new Heard(without!)];
        new Heard(within!);
        within!.put(record);
        await eventually(() => expect(heard.found.map(({ id }) => id)).to.include(record.id));
      }
    });

    it('says that the loopback is taken, and leaves the other free', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      closes.push(() => other.close());
      await once(other, 'listening');
      const { port } = other.address() as { port: number };
      const failure = await serverOn(outer, port)
        .open()
        .catch((error: unknown) => error as Error);
      expect(failure)
        .to.be.instanceOf(Error)
        .with.property('message')
        .that.includes(`EADDRINUSE: the registry cannot listen on 127.0.0.1:${port}`)
        .and.includes('--port');
      const again = createServer();
      await eventually(async () => {
        again.listen(port, outer);
        await once(again, 'listening');
      });
      again.close();
    });

    it('speaks with those on the loopback by multicast', async () => {
      const network = randomMulticast();
      const [far, near] = [await beaconOn(outer, network), await beaconOn('127.0.0.1', network)];
      for (const { beacon } of [far, near]) await eventually(() => beacon.status().state === 'up');
      for (const [from, to] of [
        [far, near],
        [near, far],
      ] as const) {
        const message = aMessage();
        from.beacon.send(message);
        await eventually(() => expect(to.heard).to.deep.include(message));
      }
    });
  }

  it('is not content with the loopback where its own address is away', async () => {
    const { beacon } = await beaconOn('198.51.100.1', randomMulticast());
    await eventually(() => expect(beacon.status().state).to.equal('down'));
  });
});
