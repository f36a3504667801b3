import { IsInt } from 'class-validator';
import { expect } from 'chai';
import type { Application } from '../../../lib/application/application.js';
import { AtomFactory } from '../../../lib/application/factory.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { OnEvent } from '../../../lib/decorators/on-event.js';
import { BootstrapError } from '../../../lib/errors.js';
import { MemoryDurableLog } from '../../../lib/durable/memory-log.js';
import type { Class } from '../../../lib/metadata/definitions.js';
import type { MessageContext } from '../../../lib/runtime/context.js';
import type { PublishReceipt } from '../../../lib/runtime/event-server.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { createTestApplication, createTestClient } from '../../../lib/testing/test-application.js';
import { TestNetwork } from '../../../lib/testing/test-network.js';
import type { Logger } from '../../../nucleus/logger.js';
import { failure, moduleOf } from '../../integration/support.js';

@Lexeme('order.placed', { durable: true })
class OrderPlaced {
  @IsInt() n!: number;
}
@Lexeme('order.seen')
class OrderSeen {
  @IsInt() n!: number;
}

const placed = (n: number) => Object.assign(new OrderPlaced(), { n });

/** What each handler was given, and how it behaves. */
let heard: string[] = [];
let behaviour: (n: number, context: MessageContext) => unknown = () => undefined;

@AtomService('@shop/mail')
class Mail {
  @OnEvent('order.placed')
  onPlaced({ n }: OrderPlaced, context: MessageContext) {
    heard.push(`mail ${n}`);
    return behaviour(n, context);
  }
}

@AtomService('@shop/audit')
class Audit {
  @OnEvent('order.>', { accepts: 'any', durable: true, concurrency: 4 })
  onAny({ n }: { n: number }, context: MessageContext) {
    heard.push(`audit ${n}`);
    return behaviour(n, context);
  }
}

@AtomService('@shop/board')
class Board {
  @OnEvent('order.*', { accepts: 'any', delivery: 'broadcast' })
  onAny({ n }: { n: number }, { durable }: MessageContext) {
    heard.push(`board ${n} ${durable === undefined ? 'live' : 'durable'}`);
  }
}

describe('durable events', () => {
  let clock: FakeClock;
  let network: TestNetwork;
  let open: { close(): Promise<void> }[] = [];
  let complaints: string[] = [];
  const logger: Logger = {
    debug() {},
    info() {},
    warn: (_, message) => void complaints.push(message),
    error: (_, message) => void complaints.push(message),
    child: () => logger,
  };

  beforeEach(() => {
    clock = new FakeClock();
    network = new TestNetwork();
    heard = [];
    complaints = [];
    behaviour = () => undefined;
  });
  afterEach(async () => {
    const closing = Promise.all(open.map((one) => one.close()));
    open = [];
    await clock.advance(15_000);
    await closing;
  });

  async function start(...services: Class[]): Promise<Application> {
    const place = { network, clock, random: () => 0, options: { logger } };
    const app = await createTestApplication(moduleOf(services), place);
    open.push(app);
    return app;
  }
  async function client() {
    const made = await createTestClient(network, { clock, options: { requestTimeout: 3000 } });
    open.push(made);
    await clock.advance(2000);
    return made;
  }

  it('are handled by each service that asks for them, and heard live by the others, never twice', async () => {
    await start(Mail, Audit);
    await start(Mail);
    await start(Board);
    const { publish } = bound(await client());
    const receipt = await publish(placed(1));
    expect(receipt).to.include({ durable: true, services: 2, dropped: 0 });
    expect(receipt.id).to.match(/^[0-9a-f]{32}$/);
    await clock.advance(1000);
    expect(heard.sort()).to.deep.equal(['audit 1', 'board 1 live', 'mail 1']);
    expect(complaints).to.deep.equal([]);
  });

  it('of a plain topic are published so, and tell their handler id, delivery and key', async () => {
    await start(Audit);
    const seen: unknown[] = [];
    behaviour = (_, { durable }) => void seen.push(durable);
    const { id } = await bound(await client()).publish('order.moved', { n: 1 }, { durable: true, key: 'k' });
    await clock.advance(1000);
    expect(seen).to.have.length(1);
    expect(seen[0]).to.deep.include({ id, delivery: 1, key: 'k' });
  });

  it('are not lost though nobody is there to handle them', async () => {
    const app = await start(Mail);
    await clock.advance(1000);
    const { publish } = bound(await client());
    await closed(app);
    await publish(placed(1));
    await start(Mail);
    await clock.advance(1000);
    expect(heard).to.deep.equal(['mail 1']);
  });

  it('are settled once their handler has returned, and not before', async () => {
    const app = await start(Mail);
    const { publish } = bound(await client());
    const backlog = () => app.service('@shop/mail').stats().durable!['order.placed']!.backlog;
    let finish = (): void => undefined;
    behaviour = () => new Promise<void>((resolve) => (finish = resolve));
    await publish(placed(1));
    await clock.advance(3000);
    expect([heard, backlog()]).to.deep.equal([['mail 1'], 1]);
    finish();
    await clock.advance(3000);
    expect([heard, backlog()]).to.deep.equal([['mail 1'], 0]);
  });

  it('are kept for a service from the moment that it is known', async () => {
    network.log.away = true;
    await start(Mail);
    const { publish } = bound(await client());
    network.log.away = false;
    expect(await publish(placed(1))).to.include({ services: 1 });
    await clock.advance(2000);
    expect(heard).to.deep.equal(['mail 1']);
  });

  it('are kept once though services come one after another while their groups are made', async () => {
    const { publish } = bound(await client());
    const waiting: (() => void)[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { open } = MemoryDurableLog.prototype;
    MemoryDurableLog.prototype.open = async function (group) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return open.call(this, group);
    };
    try {
      const published: Promise<PublishReceipt>[] = [];
      for (const [n, service] of [Mail, Audit].entries()) {
        await start(service);
        await clock.advance(50);
        published.push(publish(placed(n)));
      }
      while (waiting.length > 0) {
        waiting.shift()!();
        await clock.advance(10);
      }
      await clock.advance(1000);
      expect(heard.sort()).to.deep.equal(['audit 0', 'audit 1', 'mail 0', 'mail 1']);
      const receipts = await Promise.all(published);
      expect(receipts.map(({ services }) => services)).to.deep.equal([1, 2]);
    } finally {
      MemoryDurableLog.prototype.open = open;
    }
  });

  it('are written before their publisher closes, also while groups are made', async () => {
    const { publish } = bound(await client());
    const waiting: (() => void)[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method
    const { open: make } = MemoryDurableLog.prototype;
    MemoryDurableLog.prototype.open = async function (group) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return make.call(this, group);
    };
    try {
      await start(Mail);
      await clock.advance(50);
      const published = publish(placed(1));
      const closing = open.shift()!.close();
      await clock.advance(300);
      for (const resolve of waiting.splice(0)) resolve();
      await clock.advance(2000);
      await closing;
      expect(await published).to.include({ durable: true, services: 1 });
      expect(heard).to.deep.equal(['mail 1']);
    } finally {
      MemoryDurableLog.prototype.open = make;
    }
  });

  it('are tried again, later each time, and given up after five deliveries', async () => {
    const app = await start(Mail);
    const made = await client();
    const at: number[] = [];
    behaviour = () => {
      at.push(clock.now());
      throw new TypeError('no stamps');
    };
    const { id } = await made.publish(placed(7), { key: 'k' });
    await clock.advance(30_000);
    const waits = at.slice(1).map((time, index) => time - at[index]!);
    expect(waits).to.deep.equal([750, 1500, 3000, 6000]);
    const [letter, ...rest] = await made.deadLetters('@shop/mail').list();
    expect(rest).to.deep.equal([]);
    expect(letter).to.deep.include({
      service: '@shop/mail',
      topic: 'order.placed',
      group: '@shop/mail order.placed',
      error: 'TypeError: no stamps',
      deliveries: 5,
      event: id,
      key: 'k',
      data: { n: 7 },
    });
    expect(app.service('@shop/mail').stats().durable).to.deep.equal({
      'order.placed': { backlog: 0, held: 0, retrying: 0, deadLettered: 1 },
    });
    expect(await made.deadLetters('@shop/other').list()).to.deep.equal([]);
  });

  it('that were given up are handled again when they are replayed, and gone when they are dropped', async () => {
    await start(Mail);
    const made = await client();
    behaviour = () => Promise.reject(new Error('no'));
    for (const n of [1, 2, 3]) await made.publish(placed(n));
    await clock.advance(60_000);
    const dead = made.deadLetters();
    const [first, second] = await dead.list();
    behaviour = () => undefined;
    heard = [];
    expect(await dead.drop(second!.id)).to.equal(1);
    expect(await dead.replay(first!.id)).to.equal(1);
    expect((await failure(dead.show(first!.id))).code).to.equal('NOT_FOUND');
    expect(await dead.replay()).to.equal(1);
    await clock.advance(1000);
    expect(heard.sort()).to.deep.equal(['mail 1', 'mail 3']);
    expect(await dead.list()).to.deep.equal([]);
  });

  it('of one key wait for one that failed; others pass it', async () => {
    await start(Audit);
    const { publish } = bound(await client());
    let failures = 1;
    behaviour = (n) => {
      if (n === 1 && failures-- > 0) throw new Error('once');
    };
    for (const [n, key] of [
      [1, 'a'],
      [2, 'a'],
      [3, 'b'],
      [4, 'a'],
    ] as const) {
      await publish('order.moved', { n }, { durable: true, key });
    }
    await clock.advance(500);
    expect(heard.sort()).to.deep.equal(['audit 1', 'audit 3']);
    heard = [];
    await clock.advance(5000);
    expect(heard).to.deep.equal(['audit 1', 'audit 2', 'audit 4']);
  });

  it('wait, in order, while the log is away, and fail clearly at their deadline', async () => {
    await start(Mail);
    const made = await client();
    await made.publish(placed(0));
    network.log.away = true;
    const late = failure(made.publish(placed(-1), { timeout: 100 }));
    await clock.advance(150);
    expect(await late).to.include({ code: 'UNAVAILABLE', outcome: 'NOT_SENT' });
    const waiting = [1, 2, 3].map((n) => made.publish(placed(n), { key: 'k' }));
    await clock.advance(1000);
    network.log.away = false;
    const all = Promise.all(waiting);
    await clock.advance(2500);
    await all;
    await clock.advance(1500);
    expect(heard).to.deep.equal(['mail 0', 'mail 1', 'mail 2', 'mail 3']);
  });

  it('are refused when too many wait to be written, or in a group', async () => {
    const options = { logger, durable: { spillEvents: 2, maxBacklog: 3 } };
    const made = await createTestClient(network, { clock, options });
    open.push(made);
    const mail = await start(Mail);
    await clock.advance(2000);
    await closed(mail);
    for (let n = 0; n < 3; n++) await made.publish(placed(n));
    const full = await failure(made.publish(placed(4)));
    expect(full).to.include({ code: 'RESOURCE_EXHAUSTED', outcome: 'NOT_SENT' });
    expect(full.message).to.include('@shop/mail order.placed').and.include('atom dead-letters forget');
    network.log.away = true;
    const waiting = [1, 2].map(() => failure(made.publish(placed(5), { timeout: 1000 })));
    expect(await failure(made.publish(placed(5)))).to.include({
      code: 'RESOURCE_EXHAUSTED',
      outcome: 'NOT_SENT',
    });
    await clock.advance(1500);
    for (const error of await Promise.all(waiting)) expect(error.code).to.equal('UNAVAILABLE');
  });

  it('that are published live reach their handler all the same, which is told at once', async () => {
    await start(Audit);
    const { publish } = bound(await client());
    for (const n of [1, 2]) await publish('order.moved', { n });
    await clock.advance(1000);
    expect(heard).to.deep.equal(['audit 1', 'audit 2']);
    expect(complaints).to.have.length(1);
    expect(complaints[0]).to.match(
      /^'@shop\/audit' asks for 'order.moved' durably, and .* publishes it live/,
    );
    expect(complaints[0]).to.include('{ durable: true }');
  });

  it('that run when the application closes are finished; the rest is left to others', async () => {
    const app = await start(Mail);
    const { publish } = bound(await client());
    let finish = (): void => undefined;
    behaviour = () => new Promise<void>((resolve) => (finish = resolve));
    await publish(placed(1), { key: 'k' });
    await publish(placed(2), { key: 'k' });
    await clock.advance(500);
    const closing = app.close();
    await clock.advance(500);
    finish();
    await clock.advance(2000);
    await closing;
    expect(heard).to.deep.equal(['mail 1']);
    behaviour = () => undefined;
    await start(Mail);
    await clock.advance(1000);
    expect(heard).to.deep.equal(['mail 1', 'mail 2']);
  });

  it('do not hold up the close of who waits for them, though nobody moves the clock', async () => {
    behaviour = () => {
      throw new Error('not today');
    };
    const app = await start(Audit, Mail);
    await bound(await client()).publish(placed(1));
    await clock.advance(100);
    expect(heard).to.deep.equal(['audit 1', 'mail 1']);
    await app.close();
  });

  it('of an instance that has frozen are handled by another, and not begun by it when it thaws', async () => {
    const frozen = await start(Mail);
    const { publish } = bound(await client());
    let finish = (): void => undefined;
    behaviour = () => new Promise<void>((resolve) => (finish = resolve));
    await publish(placed(1), { key: 'a' });
    await publish(placed(2), { key: 'b' });
    await clock.advance(500);
    network.messages.freeze(frozen.status().instance);
    network.log.away = true; // of the instance that has it, until its lease is over
    await clock.advance(12_000);
    finish();
    await clock.advance(100);
    // It cannot know whether the second is its own any more.
    expect(heard).to.deep.equal(['mail 1']);
    network.log.away = false;
    network.messages.thaw(frozen.status().instance);
    behaviour = () => undefined;
    await clock.advance(5000);
    expect(heard).to.deep.equal(['mail 1', 'mail 2']);
  });

  describe('that cannot be', () => {
    const problems = (services: Class[]): string => {
      try {
        AtomFactory.create(moduleOf(services), { logger: false, discovery: { multicast: 'off' } });
      } catch (error) {
        return (error as BootstrapError).message;
      }
      return '';
    };

    it('are refused where there is no Redis', async () => {
      expect(problems([Mail]))
        .to.include('Mail.onPlaced')
        .and.include('ATOM_REDIS_URL');
      const options = { logger: false, discovery: { multicast: 'off', nucleus: 'off' } } as const;
      const made = await AtomFactory.createClient(options);
      try {
        expect(await failure(made.publish('x', 1, { durable: true }))).to.include({
          code: 'FAILED_PRECONDITION',
        });
        expect(() => made.deadLetters()).to.throw('ATOM_REDIS_URL');
      } finally {
        await made.close();
      }
    });

    it('are refused for every instance, and of a lexeme that is not', () => {
      class Wrong {
        @OnEvent('x', { accepts: 'any', delivery: 'broadcast', durable: true })
        onX(_: unknown) {}
        @OnEvent('order.seen', { durable: true })
        onSeen(_: OrderSeen) {}
      }
      AtomService('@shop/wrong')(Wrong);
      expect(problems([Wrong]))
        .to.include("delivery 'broadcast' cannot be durable")
        .and.include("write @Lexeme('order.seen', { durable: true }) on OrderSeen");
    });

    it('refuse a time to wait without durability', async () => {
      const error = await failure((await client()).publish('x', 1, { timeout: 5 }));
      expect(error).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
    });
  });

  async function closed(app: Application): Promise<void> {
    open = open.filter((one) => one !== app);
    const closing = app.close();
    await clock.advance(2000);
    await closing;
  }
});

/** `publish`, to be called by itself. */
function bound(client: Awaited<ReturnType<typeof createTestClient>>) {
  return { publish: client.publish.bind(client) };
}
