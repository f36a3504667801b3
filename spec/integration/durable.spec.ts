import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { RedisLog } from '../../lib/durable/redis/redis-log.js';
import type { ServiceStats } from '../../lib/application/builtin-operations.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import type { MessageContext } from '../../lib/runtime/context.js';
import { systemClock } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { Applications, failure, moduleOf } from './support.js';

let heard: number[] = [];
let act: (n: number, context: MessageContext) => unknown = () => undefined;

@AtomService('@shop/mail')
class Mail {
  @OnEvent('order.*', { accepts: 'any', durable: true })
  onAny({ n }: { n: number }, context: MessageContext) {
    heard.push(n);
    return act(n, context);
  }
}

/** Keeps the messages that were logged. */
function listening(): { logger: Logger; messages: string[] } {
  const messages: string[] = [];
  const note = (_: object, message: string): void => void messages.push(message);
  const logger: Logger = { debug() {}, info: note, warn: note, error: note, child: () => logger };
  return { logger, messages };
}

describe('durable events in Redis', function () {
  this.timeout(60_000);
  const apps = new Applications().closeAfterEach();
  let redis: RedisFixture;

  beforeEach(() => {
    heard = [];
    act = () => undefined;
  });
  afterEach(async () => {
    await endPrograms();
    await apps.close();
    await redis.stop();
  });

  async function serve(appendOnly = true): Promise<void> {
    redis = new RedisFixture({ appendOnly, args: ['--appendfsync', 'always'] });
    await redis.start();
  }
  const options = (over = {}) => {
    const { discovery, ...rest } = apps.options();
    return { ...rest, discovery: { ...discovery, redis: redis.url }, ...over };
  };

  it('are kept while nobody listens, handled when somebody does, and gone from Redis then', async () => {
    await serve();
    const first = await apps.listen(moduleOf([Mail]), options());
    const client = await apps.client(options());
    await eventually(() => client.services().length === 1);
    expect(await client.publish('order.a', { n: 0 }, { durable: true })).to.include({
      services: 1,
      durable: true,
    });
    await eventually(() => heard.length === 1);
    await first.close();
    for (let n = 1; n <= 50; n++) await client.publish('order.b', { n }, { durable: true, key: 'k' });
    const app = await apps.listen(moduleOf([Mail]), options());
    await eventually(() => heard.length === 51);
    expect(heard).to.deep.equal(Array.from({ length: 51 }, (_, n) => n));
    await eventually(() => app.service('@shop/mail').stats().durable?.['order.*']?.backlog === 0);
    const raw = redis.client();
    const streams = (await raw.keys('*:durable:group:*')).filter((key) => /:\d+$/.test(key));
    expect(streams).to.have.length(16);
    for (const stream of streams) expect(await raw.xlen(stream)).to.equal(0);
  });

  it('wait while Redis is away, and are all handled though it restarts', async () => {
    await serve();
    await apps.listen(moduleOf([Mail]), options());
    const client = await apps.client(options());
    await client.publish('order.a', { n: 0 }, { durable: true, key: 'k' });
    await eventually(() => heard.length === 1);
    await redis.kill();
    const waiting = Array.from({ length: 20 }, (_, n) =>
      client.publish('order.a', { n: n + 1 }, { durable: true, key: 'k', timeout: 30_000 }),
    );
    expect(await failure(client.publish('order.a', { n: 99 }, { durable: true, timeout: 100 }))).to.include({
      code: 'UNAVAILABLE',
    });
    await redis.start();
    await Promise.all(waiting);
    await eventually(() => heard.length >= 21, { within: 15_000 });
    expect([...new Set(heard)]).to.deep.equal(Array.from({ length: 21 }, (_, n) => n));
  });

  it('go on after Redis has lost its data, which is said, and the lack of a file is warned of once', async () => {
    await serve(false);
    const { logger, messages } = listening();
    await apps.listen(moduleOf([Mail]), options({ logger }));
    const client = await apps.client(options({ logger }));
    await client.publish('order.a', { n: 0 }, { durable: true });
    await eventually(() => heard.length === 1);
    await redis.kill();
    await redis.start();
    await eventually(() => messages.some((text) => text.includes('a group of durable events was lost')), {
      within: 15_000,
    });
    await client.publish('order.a', { n: 1 }, { durable: true });
    await eventually(() => heard.length === 2);
    // One for each of the two processes that the applications stand for.
    expect(messages.filter((text) => text.includes('no append-only file'))).to.have.length(2);
  });

  it('that are published after Redis has lost its data are kept for the groups that there were', async () => {
    await serve(false);
    const { logger, messages } = listening();
    const log = (): RedisLog =>
      new RedisLog({ environment: 'e', redis: redis.url, clock: systemClock, logger, maxBacklog: 1000 });
    const one = log();
    const group = { service: '@shop/mail', topic: 'order.*', from: undefined };
    await one.open(group);
    const entry = { topic: 'order.a', by: [], key: undefined, text: '{}' };
    await one.append(entry);
    await redis.client().flushall();
    expect(await one.append(entry)).to.deep.equal([group]);
    expect(messages.some((text) => text.includes('Redis has lost its data'))).to.equal(true);
    await one.close();
  });

  it('that are published after that are kept for those too whose service is away while another makes its group again', async () => {
    await serve(false);
    const { logger, messages } = listening();
    const log = (): RedisLog =>
      new RedisLog({ environment: 'e', redis: redis.url, clock: systemClock, logger, maxBacklog: 1000 });
    const [publisher, other, consumer] = [log(), log(), log()];
    const mail = { service: '@shop/mail', topic: 'order.*', from: undefined };
    const audit = { service: '@shop/audit', topic: 'order.>', from: undefined };
    for (const group of [mail, audit]) await consumer.open(group);
    const entry = { topic: 'order.a', by: [], key: undefined, text: '{}' };
    for (const one of [publisher, other]) expect(await one.append(entry)).to.have.length(2);
    await redis.client().flushall();
    await consumer.open(mail);
    for (const one of [publisher, other]) expect(await one.append(entry)).to.have.deep.members([mail, audit]);
    expect(messages.some((text) => text.includes('Redis has lost its data'))).to.equal(true);
    // What was forgotten on purpose stays so.
    await consumer.forget(audit);
    for (const one of [publisher, other]) expect(await one.append(entry)).to.deep.equal([mail]);
    for (const one of [publisher, other, consumer]) await one.close();
  });

  it('are free soon though their instance held them until tomorrow, by a clock that was put back since', async () => {
    await serve();
    const { logger } = listening();
    const log = new RedisLog({
      environment: 'e',
      redis: redis.url,
      clock: systemClock,
      logger,
      maxBacklog: 9,
    });
    const group = await log.open({ service: '@shop/mail', topic: 'order.*', from: undefined });
    const attend = (instance: string, lease: number) => group.attend({ instance, lease, gone: [], give: [] });
    expect((await attend('dead', 86_400_000)).partitions).to.have.length(16);
    await eventually(async () => (await attend('alive', 300)).partitions.length === 16);
    await log.close();
  });

  it('that wait are counted in stats and status', async () => {
    await serve();
    const held: (() => void)[] = [];
    act = () => new Promise<void>((resolve) => held.push(resolve));
    const app = await apps.listen(moduleOf([Mail]), options());
    for (let n = 0; n < 100; n++) await app.client.publish('order.a', { n }, { durable: true, key: 'k' });
    const mine = () => app.status().durable['@shop/mail']?.['order.*'];
    await eventually(() => mine()?.backlog === 100 && mine()!.held >= 32);
    expect(mine()).to.deep.include({ retrying: 0, deadLettered: 0 });
    const { durable } = await app.client.request<ServiceStats>('@shop/mail', '$stats');
    expect(durable?.['order.*']).to.include({ backlog: 100 });
    act = () => undefined;
    for (const resolve of held) resolve();
    await eventually(() => mine()?.backlog === 0 && mine()!.held === 0);
  });

  it('are dead letters after five deliveries, which the client lists and replays', async () => {
    await serve();
    const app = await apps.listen(moduleOf([Mail]), options({ durable: { retryDelay: 5 } }));
    act = (n) => {
      if (n === 13) throw new Error('unlucky');
    };
    await app.client.publish('order.a', { n: 13 }, { durable: true });
    await app.client.publish('order.a', { n: 14 }, { durable: true });
    const dead = app.client.deadLetters('@shop/mail');
    const [letter] = await eventually(async () => {
      const list = await dead.list();
      return list.length === 1 && list;
    });
    expect(letter).to.deep.include({
      error: 'Error: unlucky',
      deliveries: 5,
      topic: 'order.a',
      data: { n: 13 },
    });
    expect(heard.filter((n) => n === 13)).to.have.length(5);
    expect(heard).to.include(14);
    act = () => undefined;
    await dead.replay(letter!.id);
    await eventually(() => heard.filter((n) => n === 13).length === 6);
    expect(await dead.list()).to.deep.equal([]);
  });

  it('lose nothing while consumers are killed and Redis restarts, and keep the order of each key', async () => {
    await serve();
    const EVENTS = 3000;
    const KEYS = 20;
    const env = { ...ownNetwork(), ATOM_REDIS_URL: redis.url, ATOM_ENV: 'default' };
    const workers: Program[] = [];
    const start = (): Program => {
      const program = new Program('spec/support/durable-worker.js', { env });
      workers.push(program);
      return program;
    };
    let alive = [start(), start(), start()];
    await Promise.all(alive.map((worker) => worker.line(/^ready/)));
    const client = await apps.client(
      options({
        discovery: { redis: redis.url, multicast: multicastOf(env) },
        requestTimeout: 30_000,
        durable: { spillEvents: 100_000 },
      }),
    );
    await client.waitFor('@test/worker', { timeout: 10_000 });
    const poison = await client.publish('work.todo', { n: -1 }, { durable: true });

    let kills = 0;
    let busy = true;
    const nemesis = (async () => {
      for (let round = 0; busy; round++) {
        await sleep(500); // the pace of the faults, not a wait for anything
        await alive.at(-1)!.line(/^ready/);
        if (round === 1 || round === 3) {
          await redis.kill();
          await sleep(200);
          await redis.start();
        }
        const [victim, ...rest] = alive;
        victim!.signal('SIGKILL');
        kills++;
        alive = [...rest, start()];
      }
    })();
    const done = (): number[] =>
      workers.flatMap(({ lines }) =>
        lines.flatMap((line) => (line.startsWith('did ') ? [Number(line.split(' ')[1])] : [])),
      );
    const acknowledged: number[] = [];
    for (let from = 0; from < EVENTS; from += 100) {
      const batch = Array.from({ length: 100 }, (_, index) => from + index);
      await Promise.all(
        batch.map(async (n) => {
          await client.publish('work.todo', { n, ms: 2 }, { durable: true, key: `k${n % KEYS}` });
          acknowledged.push(n);
        }),
      );
      await sleep(40);
    }
    expect(acknowledged).to.have.length(EVENTS);
    try {
      await eventually(() => new Set(done()).size === EVENTS, { within: 40_000, every: 200 });
    } finally {
      busy = false;
      await nemesis;
    }
    const duplicates = done().length - EVENTS;
    // In flight: what one worker may hold, and what the publisher had under way when Redis went.
    expect(duplicates, `${kills} kills`).to.be.at.most(48 * kills + 2 * 100);
    expect(kills).to.be.greaterThan(2);
    const letters = await client.deadLetters('@test/worker').list();
    expect(letters.map(({ event }) => event)).to.deep.equal([poison.id]);
    // Of each key one after another over all workers: none is begun before the one before it was done.
    const firsts = (word: string): Map<number, bigint> => {
      const found = new Map<number, bigint>();
      for (const line of workers.flatMap(({ lines }) => lines)) {
        const [what, n, , time] = line.split(' ');
        if (what !== word || BigInt(time!) >= (found.get(Number(n)) ?? Infinity)) continue;
        found.set(Number(n), BigInt(time!));
      }
      return found;
    };
    const [began, did] = [firsts('began'), firsts('did')];
    const early = [...began].filter(([n, time]) => n >= KEYS && time < did.get(n - KEYS)!);
    expect(early.map(([n]) => n)).to.deep.equal([]);
  });
});

function multicastOf({ ATOM_MULTICAST = '' }: NodeJS.ProcessEnv): string {
  return ATOM_MULTICAST;
}
