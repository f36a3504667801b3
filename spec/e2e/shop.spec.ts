import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonFiles } from '../../nucleus/cli/daemon-files.js';
import { atom } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { isRunning } from '../support/is-running.js';

const SHOP = 'samples/shop/main.js';

/** The ids of the processes that the shop has started, from its own lines. */
function childrenOf(shop: Program): number[] {
  return shop.lines.flatMap((line) => /listening .* pid (\d+)/.exec(line)?.[1] ?? []).map(Number);
}

describe('the shop', function () {
  this.timeout(60_000);
  const redis = new RedisFixture();

  afterEach(async () => {
    await endPrograms();
    await redis.stop();
  });

  async function expectOrders(shop: Program, count: number): Promise<void> {
    expect(await shop.ended, shop.describe()).to.deep.equal({ code: 0, signal: null });
    expect(shop.lines.at(-1), shop.describe()).to.equal(
      `${count} orders placed, ${count} confirmed, 0 failed`,
    );
    expect(shop.errors).to.equal('');
    expect(childrenOf(shop).filter(isRunning)).to.deep.equal([]);
  }

  it('places 200 orders without Redis, over both stocks, and leaves nothing behind', async () => {
    const shop = new Program(SHOP, { args: ['--orders', '200'], env: ownNetwork() });
    await expectOrders(shop, 200);
    expect(childrenOf(shop)).to.have.length(6);
    expect(shop.output).to.match(/orders {9}found .*payments/);
    expect(shop.output).to.match(/client {9}found +orders/);
    for (const stock of ['stock-1', 'stock-2']) {
      // Its bar is empty where a busy machine gave it little to do.
      const summary = new RegExp(`\\d+ orders/s +p50 +[\\d.]+ ms +p99 +[\\d.]+ ms .*${stock} ■* *\\d+`);
      expect(shop.output, shop.describe()).to.match(summary);
    }
    expect(shop.output).to.include('sent 200 mails');
    expect(shop.output).not.to.include('\u001b'); // colours are for terminals
  });

  it('places 200 orders over Redis alone', async () => {
    await redis.start();
    const env = { ...ownNetwork(), ATOM_REDIS_URL: redis.url, ATOM_MULTICAST: 'off' };
    await expectOrders(new Program(SHOP, { args: ['--orders', '200'], env }), 200);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`finishes the orders that are under way at ${signal}, and ends`, async () => {
      const shop = new Program(SHOP, { env: ownNetwork() });
      await shop.line(/orders\/s/);
      shop.signal(signal);
      expect(await shop.ended, shop.describe()).to.deep.equal({ code: 0, signal: null });
      const [, placed, confirmed] = /^(\d+) orders placed, (\d+) confirmed, 0 failed$/.exec(
        shop.lines.at(-1) ?? '',
      ) ?? [''];
      expect(Number(placed), shop.describe()).to.be.greaterThan(0);
      expect(confirmed).to.equal(placed);
      expect(childrenOf(shop).filter(isRunning)).to.deep.equal([]);
    });
  }

  it('has a nucleus beside it, which `atom` asks, says where its dashboard is, and ends it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'atom-home-'));
    const env: NodeJS.ProcessEnv = {
      ...ownNetwork(),
      ATOM_NUCLEUS: '',
      ATOM_HOME: home,
      SHOP_NUCLEUS: '--port 0 --http-port 0',
    };
    try {
      const shop = new Program(SHOP, { env });
      const [address = ''] = /http:\/\/\S+/.exec(await shop.line(/dashboard +http:/, 30_000)) ?? [];
      expect((await fetch(address)).headers.get('content-type')).to.match(/^text\/html/);
      await eventually(
        async () => {
          const { stdout } = await atom(['ps', '--json'], env);
          const { services } = JSON.parse(stdout) as { services: { name: string }[] };
          expect(services.map(({ name }) => name)).to.include('@shop/orders');
        },
        { within: 15_000 },
      );
      const files = new DaemonFiles({ ATOM_HOME: home });
      expect(files.running()).not.to.equal(undefined);
      shop.signal('SIGINT');
      expect(await shop.ended, shop.describe()).to.deep.equal({ code: 0, signal: null });
      expect(files.running(), 'its nucleus').to.equal(undefined);
    } finally {
      await atom(['stop'], env);
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('leaves no process behind when it is killed', async () => {
    const shop = new Program(SHOP, { env: ownNetwork() });
    await shop.line(/confirmed in/);
    const children = childrenOf(shop);
    expect(children).to.have.length(6);
    shop.signal('SIGKILL');
    await eventually(() => expect(children.filter(isRunning)).to.deep.equal([]), { within: 15_000 });
  });

  for (const [args, complaint] of [
    [['--order', '3'], "Unknown option '--order'"],
    [['--orders', 'many'], "--orders is 'many'; give a whole number from 1 to"],
    [['--rate', '0'], "--rate is '0'; give a whole number from 1 to 1000"],
    [['200'], "Unexpected argument '200'"],
  ] as const) {
    it(`says what is wrong with ${args.join(' ')}`, async () => {
      const shop = new Program(SHOP, { args });
      expect((await shop.ended).code).to.equal(2);
      expect(shop.errors).to.include(complaint);
      expect(shop.errors).to.include('Usage: npm start -- [--orders N] [--rate N]');
    });
  }
});
