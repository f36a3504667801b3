import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';
import { freePort } from '../support/free-port.js';
import { idsOf, Mesh } from '../support/mesh.js';
import { RedisClusterFixture } from '../support/redis-cluster.js';

describe('discovery by a Redis Cluster', () => {
  const cluster = new RedisClusterFixture();
  const mesh = new Mesh({ multicast: 'off', clock: fastClock(2) });

  before(() => cluster.start());
  after(async () => {
    await mesh.close();
    await cluster.stop();
  });

  it('works by the URL of any one node, wherever the keys are', async () => {
    const members = cluster.urls.flatMap((url) => [mesh.join({ redis: url }), mesh.join({ redis: url })]);
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

  it('works by a URL that names several nodes, one of which is gone', async () => {
    const [here] = cluster.urls.map((url) => new URL(url).host);
    const redis = `redis://127.0.0.1:${await freePort()},${here}`;
    const members = [mesh.join({ redis, environment: 'b' }), mesh.join({ redis, environment: 'b' })];
    for (const member of members) await eventually(() => expect(idsOf(member)).to.have.length(1));
  });
});
