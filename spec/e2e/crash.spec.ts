import { expect } from 'chai';
import { eventually } from '../support/eventually.js';
import { endPrograms } from '../support/process.js';
import { machineTime, Shop } from '../support/shop.js';

const KILLS = 10;
const FREEZES = 2;
/** What is promised, ms. */
const OUT_AFTER_KILL = 1000;
const OUT_AFTER_FREEZE = 2000;
/** Frozen for longer than a customer waits: what was under way has expired. */
const FROZEN_FOR = 3000;

const ms = (time: number): string => `${time.toFixed(0)} ms`;

describe('a stock of the running shop', function () {
  this.timeout(120_000);
  let shop: Shop;

  beforeEach(async () => {
    shop = new Shop();
    await shop.program.line(/orders\/s/, 30_000);
  });

  afterEach(async () => {
    await endPrograms();
    shop.remove();
  });

  /** Resolves once the stock has run requests for a while, from the time `since` on. */
  async function isUsed(name: string, since = 0): Promise<{ instance: string; pid: number }> {
    return eventually(
      () => {
        const stock = shop.stock(name);
        const runs = shop.runs(name).filter(({ at }) => at > since);
        const spread = (runs.at(-1)?.at ?? 0) - (runs[0]?.at ?? 0);
        return stock !== undefined && spread > 100 && stock;
      },
      { within: 20_000, every: 50, what: `${name} gets requests` },
    );
  }

  const passed = (time: number): Promise<true> =>
    eventually(() => machineTime() > time, { within: 10_000, every: 50 });

  it(`gets no request one second after kill -9, ${KILLS} of ${KILLS} times`, async () => {
    const kills: { name: string; instance: string; at: number }[] = [];
    for (let round = 1; round <= KILLS; round++) {
      const name = round === 1 ? 'stock-1' : `joined-${round}`;
      const { instance, pid } = await isUsed(name);
      const at = machineTime();
      process.kill(pid, 'SIGKILL');
      kills.push({ name, instance, at });
      if (round < KILLS) shop.addStock(`joined-${round + 1}`);
    }
    await passed(kills.at(-1)!.at + OUT_AFTER_KILL + 500);

    const survivor = shop.runs('stock-2');
    const history = kills.map(({ name, instance, at }) => {
      const sightings = shop.sightings(instance);
      const lastSent = Math.max(...sightings.map(({ peer }) => peer?.lastSentAt ?? 0)) - at;
      const out = sightings.find((seen) => seen.at > at && seen.peer?.routable !== true);
      const next = survivor.find((run) => run.at > at + OUT_AFTER_KILL);
      return { name, lastSent, outAfter: (out?.at ?? Infinity) - at, goesOn: next !== undefined };
    });
    const table = history.map(
      ({ name, lastSent, outAfter }) =>
        `${name}: last request ${ms(lastSent)} after the kill, out after ${ms(outAfter)}`,
    );
    console.log(table.map((line) => `    ${line}`).join('\n'));
    for (const { lastSent, outAfter, goesOn } of history) {
      expect(lastSent, table.join('\n')).to.be.lessThan(OUT_AFTER_KILL);
      expect(outAfter, table.join('\n')).to.be.lessThan(OUT_AFTER_KILL);
      expect(goesOn).to.equal(true);
    }

    shop.program.signal('SIGINT');
    expect((await shop.program.ended).code).to.equal(0);
    const [, placed, confirmed] = /^(\d+) orders placed, (\d+) confirmed/.exec(
      shop.program.lines.at(-1) ?? '',
    )!;
    // What was with a stock when it was killed is lost; with at most a few orders under way, that is little.
    expect(Number(confirmed), shop.program.describe()).to.be.greaterThan(0.95 * Number(placed));
  });

  it('is out within two seconds when it is frozen, and back when it goes on, with nothing run that had expired', async () => {
    for (let round = 0; round < FREEZES; round++) {
      const name = `stock-${1 + (round % 2)}`;
      const { instance, pid } = await isUsed(name, machineTime());
      const frozenAt = machineTime();
      process.kill(pid, 'SIGSTOP');
      await passed(frozenAt + FROZEN_FOR);
      const thawedAt = machineTime();
      process.kill(pid, 'SIGCONT');
      await isUsed(name, thawedAt);

      const sightings = shop.sightings(instance).filter(({ at }) => at > frozenAt);
      const outAt = sightings.find(({ peer }) => peer?.routable !== true)?.at ?? Infinity;
      const backAt =
        sightings.find(({ at, peer }) => at > thawedAt && peer?.routable === true)?.at ?? Infinity;
      const lastSent = Math.max(
        ...sightings.filter(({ at }) => at < thawedAt).map(({ peer }) => peer?.lastSentAt ?? 0),
      );
      const deadlines = new Map(
        shop.runs('orders').map(({ at, orderId, remaining }) => [orderId, at + remaining]),
      );
      const runs = shop.runs(name).filter(({ at }) => at > frozenAt);
      const expired = runs.filter(
        ({ at, orderId, remaining }) => remaining <= 0 || (deadlines.get(orderId) ?? Infinity) < at,
      );
      const run = new Set(
        ['stock-1', 'stock-2'].flatMap((one) => shop.runs(one)).map(({ orderId }) => orderId),
      );
      const dropped = [...deadlines].filter(
        ([orderId, deadline]) => deadline > frozenAt && deadline < thawedAt && !run.has(orderId),
      );
      const history =
        `${name}: out ${ms(outAt - frozenAt)} after it froze, last request ${ms(lastSent - frozenAt)} after it, ` +
        `back ${ms(backAt - thawedAt)} after it went on; ` +
        `${dropped.length} expired while it was frozen and were dropped, ${expired.length} were run`;
      console.log(`    ${history}`);
      expect(outAt - frozenAt, history).to.be.lessThan(OUT_AFTER_FREEZE);
      // It may be from just before: the other stock, which has less in flight, is then taken every time.
      expect(lastSent - frozenAt, history).to.be.lessThan(OUT_AFTER_FREEZE);
      expect(backAt - thawedAt, history).to.be.lessThan(OUT_AFTER_FREEZE);
      expect(dropped, history).not.to.deep.equal([]);
      expect(expired, history).to.deep.equal([]);
    }
  });
});
