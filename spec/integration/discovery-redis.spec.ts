import { expect } from 'chai';
import { silentLogger, type Logger } from '../../nucleus/logger.js';
import { RedisLayout } from '../../nucleus/registry/redis-layout.js';
import { systemClock } from '../../nucleus/clock.js';
import { eventually } from '../support/eventually.js';
import { fastClock } from '../support/fast-clock.js';
import { idsOf, Mesh, othersOf, type Member } from '../support/mesh.js';
import { aRecord } from '../support/records.js';
import { RedisFixture } from '../support/redis.js';

describe('discovery by Redis alone', () => {
  let redis: RedisFixture;
  let mesh: Mesh;
  let warnings: string[];
  const layout = new RedisLayout('test');

  beforeEach(async () => {
    redis = new RedisFixture();
    await redis.reserve();
    warnings = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (fields, message) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
    };
    mesh = new Mesh({ redis: redis.url, multicast: 'off', clock: fastClock(4), logger });
  });
  afterEach(async () => {
    await mesh.close();
    await redis.stop();
  });

  const knowEachOther = async (members: readonly Member[], within = 5000): Promise<void> => {
    for (const member of members) {
      await eventually(() => expect(idsOf(member)).to.deep.equal(othersOf(member, members)), { within });
    }
  };
  const stateOf = ({ discovery }: Member): string | undefined => discovery.status()[0]?.state;

  it('lets ten instances know one another, with their whole records', async () => {
    await redis.start();
    const members = Array.from({ length: 10 }, () => mesh.join());
    await knowEachOther(members);
    const [first, second] = members as [Member, Member];
    expect(first.discovery.directory.get(second.record.id)?.record).to.deep.equal(second.record);
    expect(mesh.probe.asked).to.be.empty;
  });

  it('tells a newer revision and a leave at once', async () => {
    await redis.start();
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    b.discovery.announce({ ...b.record, revision: 2, draining: true });
    await eventually(() => expect(a.discovery.directory.get(b.record.id)?.state).to.equal('unroutable'));
    await b.discovery.withdraw();
    await eventually(() => expect(idsOf(a)).to.be.empty);
    expect(a.changes.at(-1)?.reason).to.equal('said goodbye');
  });

  it('keeps environments apart', async () => {
    await redis.start();
    const blue = [mesh.join({ environment: 'blue' }), mesh.join({ environment: 'blue' })];
    const green = [mesh.join({ environment: 'green' }), mesh.join({ environment: 'green' })];
    await knowEachOther(blue);
    await knowEachOther(green);
  });

  it('begins while Redis is away, says so once, and works as soon as it comes', async () => {
    const members = [mesh.join(), mesh.join()];
    for (const member of members) await eventually(() => stateOf(member) === 'down');
    await redis.start();
    await knowEachOther(members);
    expect(warnings.filter((line) => line.includes('Redis is away'))).to.have.length(2);
  });

  it('goes on with what it knows when Redis is killed, and fills it again when it comes back empty', async () => {
    await redis.start();
    const members = [mesh.join(), mesh.join(), mesh.join()];
    await knowEachOther(members);
    await redis.kill();
    for (const member of members) await eventually(() => stateOf(member) === 'down');
    await knowEachOther(members);
    await redis.start();
    const late = mesh.join();
    await knowEachOther([...members, late]);
    const removed = members.flatMap(({ changes }) => changes.filter(({ type }) => type !== 'added'));
    expect(removed).to.be.empty;
  });

  it('sits out a frozen Redis: notices, keeps what it knows, and goes on after the thaw', async () => {
    await redis.start();
    const members = [mesh.join(), mesh.join()];
    await knowEachOther(members);
    redis.freeze();
    for (const member of members) await eventually(() => stateOf(member) === 'down', { within: 10_000 });
    await knowEachOther(members);
    redis.thaw();
    const late = mesh.join();
    await knowEachOther([...members, late], 10_000);
  });

  it('closes within a second while Redis is frozen', async () => {
    await redis.start();
    const members = [mesh.join({ clock: systemClock }), mesh.join({ clock: systemClock })];
    await knowEachOther(members);
    redis.freeze();
    const begin = performance.now();
    await members[0]!.discovery.withdraw();
    const withdrawn = performance.now();
    await mesh.close();
    expect(withdrawn - begin).to.be.below(1100);
    expect(performance.now() - withdrawn).to.be.below(1000);
  });

  it('survives FLUSHALL: the owners fill it again before anybody is doubted', async () => {
    await redis.start();
    const members = [mesh.join(), mesh.join()];
    await knowEachOther(members);
    const client = redis.client();
    const looks = async (): Promise<number> =>
      Number(/cmdstat_hgetall:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
    await client.flushall();
    const before = await looks();
    await eventually(async () => (await looks()) >= before + 6, { within: 15_000 });
    const keys = members.map(({ record }) => layout.record(record.id));
    expect(await client.exists(...keys)).to.equal(2);
    expect(await client.hlen(layout.index)).to.equal(2);
    expect(members.flatMap(({ changes }) => changes.filter(({ type }) => type !== 'added'))).to.be.empty;
    expect(mesh.probe.asked).to.be.empty;
  });

  it('doubts nobody whose record was missing once, as after a flush; twice is a lost lease', async () => {
    await redis.start();
    const witness = mesh.join();
    const other = aRecord({ environment: 'test', host: 'host-a' });
    mesh.probe.listen(other);
    const client = redis.client();
    // Kept up by the spec, so that it is missing when it should be.
    const put = () =>
      client
        .pipeline()
        .set(layout.record(other.id), JSON.stringify(other))
        .hset(layout.index, other.id, other.revision)
        .exec();
    const looks = async (): Promise<number> =>
      Number(/cmdstat_hgetall:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
    const afterLooks = async (count: number) => {
      const before = await looks();
      await eventually(async () => (await looks()) >= before + count, { within: 10_000, every: 5 });
    };
    await put();
    await eventually(() => expect(idsOf(witness)).to.deep.equal([other.id]));
    await client.del(layout.record(other.id));
    await afterLooks(1);
    await put();
    await afterLooks(2);
    expect(mesh.probe.asked).to.be.empty;
    await client.del(layout.record(other.id));
    await eventually(() => expect(mesh.probe.asked).not.to.be.empty, { within: 10_000 });
  });

  it('removes a killed instance when its lease is lost and it does not answer', async () => {
    await redis.start();
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    mesh.probe.fallSilent(b.record.endpoint);
    await b.discovery.close();
    const client = redis.client();
    await client.del(layout.record(b.record.id));
    await eventually(() => expect(idsOf(a)).to.be.empty, { within: 15_000 });
    await eventually(async () => (await client.hexists(layout.index, b.record.id)) === 0);
    expect(a.changes.at(-1)?.reason).to.equal('lease-lost and refused');
  });

  it('keeps an instance whose lease is lost but that answers', async () => {
    await redis.start();
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    await b.discovery.close();
    const client = redis.client();
    await client.del(layout.record(b.record.id));
    await eventually(() => expect(mesh.probe.asked).to.include(b.record.endpoint), { within: 15_000 });
    await eventually(() => expect(a.discovery.directory.get(b.record.id)).to.deep.include({ against: [] }));
    expect(idsOf(a)).to.deep.equal([b.record.id]);
  });

  it('takes back an instance that was given up but still renews its lease', async () => {
    await redis.start();
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    a.discovery.directory.observe(b.record.id, 'unanswered');
    a.discovery.directory.observe(b.record.id, 'disconnected');
    expect(idsOf(a)).to.be.empty;
    await eventually(() => expect(idsOf(a)).to.deep.equal([b.record.id]), { within: 10_000 });
  });

  it('does not bring a killed instance back while its lease still runs', async () => {
    await redis.start();
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    mesh.probe.fallSilent(b.record.endpoint);
    a.discovery.directory.observe(b.record.id, 'disconnected');
    a.discovery.directory.observe(b.record.id, 'refused');
    await eventually(() => expect(mesh.probe.asked).to.include(b.record.endpoint), { within: 10_000 });
    expect(a.changes.map(({ type }) => type)).to.deep.equal(['added', 'state', 'removed']);
  });

  it('renews its lease in silence, but tells everybody when that was a whole lease late', async () => {
    await redis.start();
    const published: string[] = [];
    const client = redis.client();
    await client.subscribe(layout.channel);
    client.on('message', (_channel, text) => void published.push(text));
    const fast = fastClock(8);
    let frozen = 0;
    const { record } = mesh.join({ clock: { ...fast, now: () => fast.now() + frozen } });
    await eventually(() => expect(published).to.have.length(1));
    const reader = redis.client();
    const renewals = async (): Promise<number> =>
      Number(/cmdstat_set:calls=(\d+)/.exec(await reader.info('commandstats'))?.[1] ?? 0);
    await eventually(async () => (await renewals()) >= 4);
    expect(published).to.have.length(1);
    frozen = 15_000;
    await eventually(() => expect(published).to.have.length(2));
    expect(published[1]).to.include(record.id);
  });

  it('ignores what is malformed in Redis', async () => {
    await redis.start();
    const client = redis.client();
    const bad = ['{', 'null', '[]', '{"v":1}', '{"v":99,"id":"x"}', '"__proto__"'];
    for (const [at, text] of bad.entries()) {
      const id = `${at}`.repeat(32);
      await client.hset(layout.index, id, 'many');
      await client.set(layout.record(id), text);
    }
    await client.hset(layout.index, 'not an id', 3);
    const [a, b] = [mesh.join(), mesh.join()];
    await knowEachOther([a, b]);
    for (const text of bad) await client.publish(layout.channel, text);
    await client.publish(layout.channel, JSON.stringify({ put: { ...b.record, revision: -1 } }));
    const c = mesh.join();
    await knowEachOther([a, b, c]);
    expect(warnings).to.be.empty;
  });
});

describe('discovery by a Redis with users', () => {
  const redis = new RedisFixture({
    args: [
      '--requirepass',
      'root-secret',
      '--user',
      'atom',
      'on',
      '>s3cret!',
      '~{atom:*',
      '&{atom:*',
      '+@all',
      '-info',
    ],
  });
  let mesh: Mesh;
  before(() => redis.start());
  beforeEach(() => (mesh = new Mesh({ multicast: 'off' })));
  afterEach(() => mesh.close());
  after(() => redis.stop());

  it('works by URL and by options, for a user without INFO', async () => {
    const url = `redis://atom:${encodeURIComponent('s3cret!')}@127.0.0.1:${redis.port}`;
    const options = { host: '127.0.0.1', port: redis.port, username: 'atom', password: 's3cret!' };
    const [a, b] = [mesh.join({ redis: url }), mesh.join({ redis: options })];
    await eventually(() => expect(idsOf(a)).to.deep.equal([b.record.id]));
    await eventually(() => expect(idsOf(b)).to.deep.equal([a.record.id]));
    expect(a.discovery.status()[0]?.detail).to.equal(`redis://127.0.0.1:${redis.port}`);
  });

  it('tells what is wrong with the password, and not the password', async () => {
    const lines: string[] = [];
    const logger = {
      ...silentLogger,
      warn: (fields: object, text: string) => void lines.push(JSON.stringify(fields) + text),
    };
    const member = mesh.join({ redis: `redis://atom:wrong-word@127.0.0.1:${redis.port}`, logger });
    await eventually(() => member.discovery.status()[0]?.state === 'down');
    expect(member.discovery.status()[0]?.detail).to.match(/WRONGPASS/);
    await eventually(() => expect(lines).to.have.length(1));
    expect(lines.join() + JSON.stringify(member.discovery.status())).not.to.include('wrong-word');
  });
});
