import { expect } from 'chai';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { type AtomOptions } from '../../lib/application/options.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import type { Class } from '../../lib/metadata/definitions.js';
import type { Check, Finding } from '../../nucleus/cli/diagnose/check.js';
import { clocks } from '../../nucleus/cli/diagnose/clocks.js';
import { contextOf } from '../../nucleus/cli/diagnose/context.js';
import { instances } from '../../nucleus/cli/diagnose/instances.js';
import { multicast } from '../../nucleus/cli/diagnose/multicast.js';
import { nativeAddon } from '../../nucleus/cli/diagnose/native-addon.js';
import { nucleus } from '../../nucleus/cli/diagnose/nucleus.js';
import { portsCheck } from '../../nucleus/cli/diagnose/ports.js';
import { redis } from '../../nucleus/cli/diagnose/redis.js';
import { versions } from '../../nucleus/cli/diagnose/versions.js';
import { MulticastBeacon } from '../../nucleus/beacon/multicast-beacon.js';
import { systemClock } from '../../nucleus/clock.js';
import { hostId } from '../../nucleus/host-id.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import { silentLogger } from '../../nucleus/logger.js';
import { RedisLayout } from '../../nucleus/registry/redis-layout.js';
import { randomMulticast } from '../support/multicast.js';
import { NucleusFixture } from '../support/nucleus.js';
import { aMessage, aRecord } from '../support/records.js';
import { RedisFixture } from '../support/redis.js';
import { Applications, moduleOf } from './support.js';

const OFF = { multicast: 'off', nucleus: 'off' } as const;

/** What a check finds with these options and no variables. */
function find(check: Check, discovery: AtomOptions['discovery'] = {}): Promise<readonly Finding[]> {
  return check.run(contextOf({ environment: 'test', discovery: { ...OFF, ...discovery } }, {}, '.'));
}
const levels = (findings: readonly Finding[]): string[] => findings.map(({ level }) => level);

/** Somebody who listens, and is no part of atomjs. Gives its port. */
async function stranger(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port where nobody listens. */
async function nobody(): Promise<number> {
  const { server, port } = await stranger();
  await new Promise((done) => server.close(done));
  return port;
}

describe('diagnose', function () {
  this.timeout(30_000);
  const applications = new Applications().closeAfterEach();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const strangePort = async (): Promise<number> => {
    const { server, port } = await stranger();
    servers.push(server);
    return port;
  };

  it("finds that ZeroMQ's addon works", async () => {
    expect(levels(await find(nativeAddon))).to.deep.equal(['ok']);
  });

  describe('on multicast', () => {
    it('hears what it sends on the loopback', async () => {
      const found = await find(multicast, { multicast: randomMulticast() });
      expect(levels(found)).to.deep.equal(['ok']);
      expect(found[0]?.message).to.match(/heard .* on 127\.0\.0\.1$/);
    });

    it('says that it is off', async () => {
      expect((await find(multicast))[0]?.message).to.match(/^off/);
    });

    it('finds an interface on which it does not work', async () => {
      const { group, port } = randomMulticast();
      const options = { bind: '192.0.2.77', insecure: true, discovery: { multicast: `${group}:${port}` } };
      const found = await multicast.run(contextOf(options, {}, '.'));
      expect(levels(found)).to.deep.equal(['ok', 'problem']);
      expect(found[1]?.message).to.match(/192\.0\.2\.77/);
      expect(found[1]?.mend).to.match(/ATOM_NUCLEUS/);
    });
  });

  describe('on Redis', () => {
    const server = new RedisFixture();
    const kept = new RedisFixture({ appendOnly: true });
    before(() => Promise.all([server.start(), kept.start()]));
    after(() => Promise.all([server.stop(), kept.stop()]));
    beforeEach(() => server.client().flushall());

    const put = async (record: { readonly id: string; readonly v?: number }): Promise<void> => {
      const layout = new RedisLayout('test');
      await server.client().hset(layout.index, record.id, 1);
      await server.client().set(layout.record(record.id), JSON.stringify(record), 'PX', 60_000);
    };
    const announced = (over: Partial<InstanceRecord>): InstanceRecord => aRecord({ host: hostId(), ...over });

    it('tells how quick it is, and whether it keeps what it is told', async () => {
      expect(levels(await find(redis, { redis: kept.url }))).to.deep.equal(['ok', 'ok']);
      const found = await find(redis, { redis: server.url });
      expect(levels(found)).to.deep.equal(['ok', 'warning']);
      expect(found[0]?.message).to.match(/answers in \d+\.\d ms$/);
      expect(found[1]?.mend).to.match(/appendonly yes/);
    });

    it('tells why it cannot be used, without the password', async () => {
      const url = `redis://user:secret@127.0.0.1:${await nobody()}`;
      const [found] = await find(redis, { redis: url });
      expect(found?.level).to.equal('problem');
      expect(found?.message)
        .to.match(/ECONNREFUSED/)
        .and.not.match(/secret/);
      const [refused] = await find(redis, { redis: server.url.replace('redis://', 'redis://user:secret@') });
      expect(refused?.message)
        .to.match(/WRONGPASS|AUTH/)
        .and.not.match(/secret/);
    });

    it('does not wait for one that is frozen', async () => {
      server.freeze();
      try {
        const [found] = await find(redis, { redis: server.url });
        expect(found?.message).to.match(/no answer within 3000 ms/);
      } finally {
        server.thaw();
      }
    });

    it('compares the clocks', async () => {
      const found = await find(clocks, { redis: server.url });
      expect(levels(found)).to.deep.equal(['ok']);
      expect(found[0]?.message).to.match(/^within \d+ ms/);
      const { now } = Date;
      Date.now = () => now() + 90_000;
      try {
        const [skewed] = await find(clocks, { redis: server.url });
        expect(skewed?.level).to.equal('warning');
        expect(skewed?.message).to.equal("this machine's clock is 90 s ahead of Redis's");
      } finally {
        Date.now = now;
      }
    });

    it('asks each instance where it says that it is', async () => {
      class Service {}
      (AtomService('@shop/there') as (type: Class) => void)(Service);
      await applications.listen(moduleOf([Service]), {
        environment: 'test',
        discovery: { redis: server.url, ...OFF },
      });
      const found = await find(instances, { redis: server.url });
      expect(levels(found)).to.deep.equal(['ok']);
      expect(found[0]?.message).to.equal('1 of 1 answer where they say that they are');
    });

    it('finds instances that announce what nobody reaches, each with its mend', async () => {
      const gone = `tcp://127.0.0.1:${await nobody()}`;
      const mute = `tcp://127.0.0.1:${await strangePort()}`;
      await put(announced({ endpoint: gone }));
      await put(announced({ endpoint: mute }));
      await put(announced({ endpoint: 'tcp://127.0.0.1:5000', host: 'another' }));
      const found = await find(instances, { redis: server.url });
      expect(levels(found)).to.deep.equal(['problem', 'problem', 'problem']);
      const text = found.map(({ message }) => message).join('\n');
      expect(text).to.contain(`announces ${gone}, which is not reached from here: nobody listens there`);
      expect(text).to.contain(`something listens on ${mute} and does not answer`);
      expect(text).to.contain('runs on another host and announces its own loopback, tcp://127.0.0.1:5000');
      expect(text).to.contain('@shop/orders (').and.contain('by redis');
      for (const { mend } of found) expect(mend).to.not.equal(undefined);
    });

    it('finds services, lexemes and records in several versions', async () => {
      const service = aRecord().services[0]!;
      await put(announced({}));
      await put(
        announced({
          services: [{ ...service, version: '2.0.0', lexemes: [{ label: 'order.placed', version: 2 }] }],
        }),
      );
      await put({ ...announced({}), v: 7 });
      const text = (await find(versions, { redis: server.url })).map(({ message }) => message).join('\n');
      expect(text).to.match(/@shop\/orders runs in several versions: .*1\.2\.0 \(1 time\)/);
      expect(text).to.match(/lexeme order\.placed is declared in several versions/);
      expect(text).to.match(/Redis holds records of version 7; this atomjs knows 1/);
    });
  });

  it('asks instances that only multicast tells of', async () => {
    class Service {}
    (AtomService('@shop/near') as (type: Class) => void)(Service);
    const place = randomMulticast();
    await applications.listen(moduleOf([Service]), {
      environment: 'test',
      discovery: { ...OFF, multicast: place },
    });
    const found = await find(instances, { multicast: place });
    expect(found[0]?.message).to.equal('1 of 1 answer where they say that they are');
  });

  it('tells of services in other environments, with a mend where none is in this one', async () => {
    const place = randomMulticast();
    const beacon = new MulticastBeacon({
      ...place,
      bind: '127.0.0.1',
      clock: systemClock,
      logger: silentLogger,
    });
    beacon.open({ heard: () => undefined, up: () => undefined });
    const one = aMessage({ environment: 'elsewhere' });
    const messages = [
      one,
      one,
      aMessage({ environment: 'elsewhere' }),
      aMessage({ environment: 'no', services: [] }),
    ];
    const speaking = setInterval(() => messages.forEach((message) => beacon.send(message)), 50);
    try {
      const alone = await find(instances, { multicast: place });
      expect(levels(alone)).to.deep.equal(['ok', 'warning']);
      expect(alone[1]?.message).to.equal("heard in other environments: 'elsewhere' (2 instances)");
      expect(alone[1]?.mend).to.match(/ATOM_ENV\. Here it is 'test'/);
      const seed = `tcp://127.0.0.1:${await strangePort()}`;
      expect(levels(await find(instances, { multicast: place, seeds: [seed] }))).to.deep.equal([
        'problem',
        'ok',
      ]);
    } finally {
      clearInterval(speaking);
      await beacon.close();
    }
  });

  it('finds seeds where nobody answers', async () => {
    const seed = `tcp://127.0.0.1:${await nobody()}`;
    const [found] = await find(instances, { seeds: [seed] });
    expect(found?.message).to.match(new RegExp(`^a seed announces ${seed}, which is not reached`));
  });

  describe('on the nucleus', () => {
    const fixture = new NucleusFixture();
    before(() => fixture.start());
    after(() => fixture.stop());
    const portOf = (): number => Number(new URL(fixture.endpoint).port);

    it('tells a nucleus, a stranger and nobody apart', async () => {
      const strange = `tcp://127.0.0.1:${await strangePort()}`;
      const away = `tcp://127.0.0.1:${await nobody()}`;
      const found = await find(nucleus, { nucleus: [fixture.endpoint, strange, away] });
      expect(levels(found)).to.deep.equal(['ok', 'problem', 'problem']);
      expect(found[1]?.message).to.match(/somebody listens who is no nucleus/);
      expect(found[2]?.message).to.match(/nobody listens/);
    });

    it('finds its ports free, its own, or taken by somebody else, and names him', async () => {
      const [free, alsoFree] = [await nobody(), await nobody()];
      expect(levels(await find(portsCheck({ registry: free, http: alsoFree })))).to.deep.equal(['ok']);
      const taken = await strangePort();
      const found = await find(portsCheck({ registry: portOf(), http: taken }));
      expect(levels(found)).to.deep.equal(['ok', 'warning']);
      expect(found[0]?.message).to.match(/a nucleus$/);
      const holder = process.platform === 'linux' ? `: .* \\(pid ${process.pid}\\)` : '';
      expect(found[1]?.message).to.match(new RegExp(`^${taken} .* taken by somebody else${holder}$`));
    });
  });
});
