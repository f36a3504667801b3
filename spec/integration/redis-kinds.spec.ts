import { expect } from 'chai';
import type { Application } from '../../lib/application/application.js';
import type { AtomOptions } from '../../lib/application/options.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { aclOf } from '../support/acl.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisSecureFixture } from '../support/redis-secure.js';
import { RedisSentinelFixture } from '../support/redis-sentinel.js';
import { Applications, moduleOf } from './support.js';

const SCALE = Number(process.env.ATOM_SPEC_SCALE ?? 1);

let heard: number[] = [];

@AtomService('@test/mail')
class Mail {
  @OnRequest({ accepts: 'any' })
  echo(n: number): number {
    return n;
  }

  @OnEvent('order.*', { accepts: 'any', durable: true, concurrency: 4 })
  async onOrder({ n }: { n: number }) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    heard.push(n);
  }
}

@AtomService('@test/late')
class Late {
  @OnRequest({ accepts: 'any' })
  echo(n: number): number {
    return n;
  }
}

/** By Redis alone. */
const by = (redis: NonNullable<AtomOptions['discovery']>['redis']): AtomOptions => ({
  discovery: { redis, multicast: 'off', nucleus: 'off' },
});
const isUp = (app: Application): boolean =>
  app.status().sources.every(({ name, state }) => name !== 'redis' || state === 'up');

describe('kinds of Redis', function () {
  this.timeout(60_000);
  const apps = new Applications().closeAfterEach();
  // A frozen primary is noticed later, which takes long; so it is of the long run.
  const sentinels: Partial<Record<'kill' | 'freeze', RedisSentinelFixture>> = {
    kill: new RedisSentinelFixture(),
    ...(SCALE > 1 ? { freeze: new RedisSentinelFixture() } : {}),
  };
  const secure = new RedisSecureFixture({
    atom: `${aclOf('nucleus/PROTOCOL.md')} ${aclOf('lib/durable/PROTOCOL.md')}`,
  });

  before(() => Promise.all([...Object.values(sentinels).map((one) => one.start()), secure.start()]));
  after(() => Promise.all([...Object.values(sentinels).map((one) => one.stop()), secure.stop()]));
  beforeEach(() => (heard = []));
  afterEach(endPrograms);

  for (const [how, sentinel] of Object.entries(sentinels)) {
    it(`sentinel: the registry is whole 3 s after a promotion (${how}), no request fails, and events are handled`, async () => {
      const options = by(sentinel.url);
      const services = await Promise.all([1, 2].map(() => apps.listen(moduleOf([Mail]), options)));
      const caller = await apps.listen(moduleOf([]), options);
      const { client } = caller;
      await eventually(() => client.services()[0]?.instances.length === 2);
      await Promise.all(
        Array.from({ length: 100 }, (_, n) => client.publish('order.a', { n }, { durable: true })),
      );
      await sentinel.replicated();

      const failures: unknown[] = [];
      let requests = 0;
      const load = setInterval(() => {
        requests++;
        client.request('@test/mail', 'echo', 1).catch((error: unknown) => failures.push(error));
      }, 5);
      const promoted = sentinel.failOver(how as 'kill' | 'freeze').then(() => performance.now());
      await eventually(() => !isUp(caller), { within: 10_000 });
      const meanwhile = Array.from({ length: 50 }, (_, n) =>
        client.publish('order.a', { n: 100 + n }, { durable: true, timeout: 30_000 }),
      );
      services.push(await apps.listen(moduleOf([Late]), options));
      const at = await promoted;
      await eventually(
        () =>
          [caller, ...services].every(isUp) && client.services().some(({ name }) => name === '@test/late'),
        { within: 10_000 },
      );
      const whole = performance.now() - at;
      await Promise.all(meanwhile);
      await eventually(() => new Set(heard).size === 150, { within: 10_000 });
      clearInterval(load);
      expect(whole, 'ms from the promotion').to.be.lessThan(3000);
      expect(requests).to.be.greaterThan(50);
      expect(failures).to.deep.equal([]);
    });
  }

  it('TLS and a user: by options, and by a URL with the authority in NODE_EXTRA_CA_CERTS', async () => {
    const program = new Program('spec/support/durable-worker.js', {
      env: {
        ...ownNetwork(),
        ATOM_MULTICAST: 'off',
        ATOM_ENV: 'default',
        ATOM_REDIS_URL: secure.url('atom'),
        NODE_EXTRA_CA_CERTS: secure.authority,
      },
    });
    const client = await apps.client(by(secure.options('atom')));
    await client.waitFor('@test/worker', { timeout: 10_000 });
    await client.publish('work.todo', { n: 7 }, { durable: true });
    await program.line(/^did 7/);
    const admin = secure.admin();
    expect(await admin.call('ACL', 'LOG')).to.deep.equal([]);
    const clients = String(await admin.call('CLIENT', 'LIST'))
      .trim()
      .split('\n');
    const others = clients.filter((line) => !/ user=atom /.test(line));
    expect(others, 'nobody but this connection').to.have.length(1);
    expect(clients).to.have.lengthOf.at.least(5);
  });

  it('TLS: a certificate that nobody vouches for is refused, and a wrong password; neither is shown', async () => {
    for (const [redis, why] of [
      [secure.url('atom'), /certificate|self-signed|unable to verify/],
      [{ ...secure.options('atom'), password: 'n0t-this-0ne' }, /WRONGPASS/],
    ] as const) {
      const app = await apps.listen(moduleOf([]), by(redis));
      const down = await eventually(
        () => app.status().sources.find(({ name, state }) => name === 'redis' && state === 'down') ?? false,
      );
      expect(down.detail).to.match(why);
      expect(down.detail).to.not.match(/s3cret|n0t-this/);
    }
  });
});
