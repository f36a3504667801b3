import { expect } from 'chai';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';
import { idsOf, Mesh } from '../support/mesh.js';
import { RedisFixture } from '../support/redis.js';

describe('discovery by a Redis Cluster', () => {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = [new RedisFixture({ args }), new RedisFixture({ args })] as const;
  const mesh = new Mesh({ multicast: 'off', clock: fastClock(2) });

  before(async () => {
    await Promise.all(nodes.map((node) => node.start()));
    const clients = nodes.map(({ url }) => new Redis(url));
    const [first, second] = clients as [Redis, Redis];
    await first.cluster('ADDSLOTSRANGE', 0, 8191);
    await second.cluster('ADDSLOTSRANGE', 8192, 16383);
    await first.cluster('MEET', '127.0.0.1', `${nodes[1].port}`);
    for (const client of clients) {
      await eventually(async () => (await client.cluster('INFO')).includes('cluster_state:ok'), {
        within: 15_000,
      });
      client.disconnect();
    }
  });
  after(async () => {
    await mesh.close();
    await Promise.all(nodes.map((node) => node.stop()));
  });

  it('works by the URL of any one node, wherever the keys are', async () => {
    const members = nodes.flatMap(({ url }) => [mesh.join({ redis: url }), mesh.join({ redis: url })]);
    for (const member of members) await eventually(() => expect(idsOf(member)).to.have.length(3));
    const [a, b] = members;
    b!.discovery.announce({ ...b!.record, revision: 2 });
    await eventually(() => expect(a!.discovery.directory.get(b!.record.id)?.record.revision).to.equal(2));
    await b!.discovery.withdraw();
    await eventually(() => expect(idsOf(a!)).to.have.length(2));
    for (const { discovery } of members) {
      await eventually(() => expect(discovery.status()[0]?.state).to.equal('up'));
    }
  });
});
