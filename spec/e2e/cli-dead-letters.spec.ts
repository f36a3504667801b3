import { expect } from 'chai';
import type { DeadLetter } from '../../lib/durable/dead-letters.js';
import { systemClock } from '../../nucleus/clock.js';
import { silentLogger } from '../../nucleus/logger.js';
import { RedisLog } from '../../lib/durable/redis/redis-log.js';
import { encodeStored } from '../../lib/durable/stored-event.js';
import { atom, ownMesh } from '../support/cli.js';
import { RedisFixture } from '../support/redis.js';

const MAIL = { service: '@shop/mail', topic: 'order.*', from: undefined };

describe('atom dead-letters', function () {
  this.timeout(60_000);
  const redis = new RedisFixture({ appendOnly: true });
  let env: NodeJS.ProcessEnv;
  let log: RedisLog;

  before(() => redis.start());
  after(() => redis.stop());
  beforeEach(async () => {
    env = { ...ownMesh(), ATOM_REDIS_URL: redis.url };
    const environment = env.ATOM_ENV ?? '';
    log = new RedisLog({
      environment,
      redis: redis.url,
      clock: systemClock,
      logger: silentLogger,
      maxBacklog: 9,
    });
    const group = await log.open(MAIL);
    for (const n of [1, 2, 3]) {
      const event = { id: `${n}`, topic: 'order.placed', by: '@shop/orders', instance: 'i', at: 0, key: 'k' };
      await log.append({ topic: event.topic, by: [], key: 'k', text: encodeStored(event, `{"n":${n}}`) });
    }
    const all = Array.from({ length: 16 }, (_, partition) => partition);
    const read = await group.read('i', all, 10, 0);
    for (const delivery of read.slice(0, 2)) {
      await group.settle({ ...delivery, deliveries: 5 }, { error: 'TypeError: no stamps', at: 0 });
    }
  });
  afterEach(() => log.close());

  async function list(): Promise<DeadLetter[]> {
    return JSON.parse((await atom(['dead-letters', 'list', '--json'], env)).stdout) as DeadLetter[];
  }

  it('lists them, all or of one service, and shows one with its event', async () => {
    const { code, stdout, stderr } = await atom(['dead-letters', 'list', '@shop/mail'], env);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^ID +SERVICE +TOPIC +GIVEN UP +ERROR$/m);
    expect(stdout).to.match(
      /^\d+-\d+ +@shop\/mail +order\.placed +1970-01-01T00:00:00.000Z +TypeError: no stamps$/m,
    );
    expect((await atom(['dead-letters', 'list', '@shop/other'], env)).code).to.equal(3);
    const [letter] = await list();
    const shown = await atom(['dead-letters', 'show', letter!.id], env);
    expect(shown.stdout)
      .to.match(/^data +\{"n":1\}$/m)
      .and.to.match(/after 5 deliveries$/m);
    const unknown = await atom(['dead-letters', 'show', '1-1'], env);
    expect(unknown.code).to.equal(3);
    expect(unknown.stderr).to.include('`atom dead-letters list`').and.not.include('list()');
  });

  it('replays one, which waits in its group again, and drops the rest', async () => {
    const [first] = await list();
    expect((await atom(['dead-letters', 'replay', first!.id], env)).stdout).to.equal('1 replayed\n');
    const groups = await atom(['dead-letters', 'groups'], env);
    expect(groups.stdout).to.match(/^@shop\/mail order\.\* +2$/m);
    expect((await atom(['dead-letters', 'drop', '--all', '@shop/mail'], env)).stdout).to.equal('1 dropped\n');
    expect(await list()).to.deep.equal([]);
  });

  it('forgets a group', async () => {
    const { stdout } = await atom(['dead-letters', 'forget', '@shop/mail order.*'], env);
    expect(stdout).to.equal('@shop/mail order.*: forgotten, 1 events dropped\n');
    expect((await atom(['dead-letters', 'groups'], env)).code).to.equal(3);
  });

  it('says what is missing', async () => {
    const none = await atom(['dead-letters', 'list'], { ...env, ATOM_REDIS_URL: '' });
    expect(none.code).to.equal(2);
    expect(none.stderr).to.include('ATOM_REDIS_URL');
    const away = await atom(['dead-letters', 'list', '--redis', 'redis://127.0.0.1:1'], env);
    expect(away.code).to.equal(3);
    expect(away.stderr).to.include('cannot be reached');
    expect((await atom(['dead-letters', 'replay'], env)).code).to.equal(2);
  });

  it('publish --durable: keeps an event for who does not run now, in the order of its key, and says for how many', async () => {
    const args = ['publish', 'order.placed', '{"n":4}', '--durable', '--key', 'k'];
    const { code, stdout, stderr } = await atom(args, env);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^order\.placed: kept for 1 service, event [0-9a-f]{32}$/m);
    const group = await log.open(MAIL);
    const all = Array.from({ length: 16 }, (_, partition) => partition);
    const read = await group.read('i', all, 10, 1000);
    expect(read.map(({ text }) => JSON.parse(text) as unknown)).to.have.nested.property('[0].data.n', 4);
    const unheard = await atom(['publish', 'nobody.hears', '--durable', '--json'], env);
    expect(unheard.code).to.equal(3);
    expect(JSON.parse(unheard.stdout)).to.include({ services: 0, durable: true });
  });

  it('publish --durable: says what is missing', async () => {
    const none = await atom(['publish', 'order.placed', '--durable'], { ...env, ATOM_REDIS_URL: '' });
    expect(none.code).to.equal(2);
    expect(none.stderr).to.include('--redis');
    const away = [
      'publish',
      'order.placed',
      '--durable',
      '--timeout',
      '300',
      '--redis',
      'redis://127.0.0.1:1',
    ];
    const failed = await atom(away, env);
    expect(failed.code).to.equal(3);
    expect(failed.stderr).to.include('was not kept');
    expect((await atom(['publish', 'order.placed', '--key', 'k'], env)).code).to.equal(2);
  });
});
