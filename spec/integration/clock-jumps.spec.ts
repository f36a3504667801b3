import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { jump, JUMPS } from '../support/jumping-clock.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { ROOT } from '../support/tree.js';
import { Applications, moduleOf } from './support.js';

const PRELOAD = pathToFileURL(join(ROOT, 'dist/spec/support/jumping-clock.js')).href;
const SERVICE = '@test/worker';

describe('clocks that jump by an hour and a day, forward and back', function () {
  this.timeout(60_000);
  const apps = new Applications().closeAfterEach();
  const redis = new RedisFixture({ appendOnly: true });

  before(() => redis.start());
  after(() => redis.stop());
  afterEach(async () => {
    jump(0);
    await endPrograms();
  });

  it('fail no request, take nobody for gone, and have no durable event handled early, late or twice', async () => {
    const env: NodeJS.ProcessEnv = {
      ...ownNetwork(),
      ATOM_REDIS_URL: redis.url,
      ATOM_ENV: 'default',
      JUMPING_CLOCK: '1',
    };
    const workers = [1, 2].map(
      () => new Program('spec/support/durable-worker.js', { env, node: ['--import', PRELOAD] }),
    );
    await Promise.all(workers.map((worker) => worker.line(/^ready/)));
    const app = await apps.listen(moduleOf([]), {
      discovery: { redis: redis.url, multicast: env.ATOM_MULTICAST!, nucleus: 'off' },
    });
    const { client } = app;
    await eventually(() => client.services()[0]?.instances.length === 2, { within: 10_000 });
    const known = (): string[] => client.services()[0]!.instances.map(({ id, state }) => `${id} ${state}`);
    const before = known();

    const failures: unknown[] = [];
    let requests = 0;
    let published = 0;
    const load = setInterval(() => {
      requests++;
      client.request(SERVICE, '$stats').catch((error: unknown) => failures.push(error));
      const n = published++;
      client
        .publish('work.todo', { n }, { durable: true, key: `k${n % 8}` })
        .catch((error: unknown) => failures.push(error));
    }, 5);
    const done = (): string[] =>
      workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('did ')));
    try {
      for (const [turn, ms] of JUMPS.entries()) {
        for (const worker of workers) {
          worker.signal('SIGUSR2');
          await worker.line(new RegExp(`^jumped ${ms}$`));
        }
        jump(ms);
        // Longer than a renewal of a share of partitions, which is a second.
        const until = published + 200;
        await eventually(() => published > until && done().length > until - 190, { within: 15_000 });
        expect(known(), `after jump ${turn}`).to.deep.equal(before);
        const out = app.status().peers.filter(({ breaker }) => breaker !== 'closed');
        expect(out, `after jump ${turn}`).to.deep.equal([]);
      }
    } finally {
      clearInterval(load);
    }
    await eventually(() => done().length >= published, { within: 15_000 });
    expect(failures).to.deep.equal([]);
    // None was tried twice, or taken for one that had lasted an hour.
    const { peers } = app.status();
    expect(peers.reduce((sum, { sent }) => sum + sent, 0)).to.equal(requests);
    for (const { latency } of peers) expect(latency).to.be.lessThan(60_000);
    expect(requests).to.be.greaterThan(500);
    expect(done()).to.have.length(published);
  });
});
