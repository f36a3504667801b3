import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { seeded } from '../support/seeded.js';

const COUNT = 10;
const SEEDS = 10 * Number(process.env.ATOM_SPEC_SCALE ?? 1);
/** The processes are started within this time, ms. */
const SPREAD = 300;

describe('ten processes in any order', function () {
  this.timeout(90_000);
  const redis = new RedisFixture();

  afterEach(async () => {
    await endPrograms();
    await redis.stop();
  });

  const base = Number(process.env.ATOM_SPEC_SEED ?? Math.floor(Math.random() * 1e9));
  for (let index = 0; index < SEEDS; index++) {
    const seed = base + index;
    // With Redis they have nothing else; without it, multicast alone.
    const withRedis = index % 2 === 0;
    it(`ask and hear one another, ${withRedis ? 'Redis started last' : 'Redis never'} (ATOM_SPEC_SEED=${seed})`, async () => {
      const random = seeded(seed);
      const env = ownNetwork();
      if (withRedis) {
        await redis.reserve();
        Object.assign(env, { ATOM_REDIS_URL: redis.url, ATOM_MULTICAST: 'off' });
      }
      const all = Array.from({ length: COUNT }, (_, number) => number);
      const order = all.map((number) => ({ number, key: random() })).sort((a, b) => a.key - b.key);
      const programs: Program[] = [];
      for (const { number } of order) {
        programs[number] = new Program('spec/e2e/programs/neighbour.js', {
          args: [`${number}`, `${COUNT}`],
          env,
        });
        await sleep((random() * 2 * SPREAD) / COUNT);
      }
      if (withRedis) {
        await Promise.all(programs.map((program) => program.line(/^listening/, 60_000)));
        await redis.start();
      }
      await Promise.all(programs.map((program) => program.line(/^heard all/, 60_000)));
      await Promise.all(programs.map((program) => program.line(/^greeted/)));
      await Promise.all(programs.map((program) => program.end()));

      const answers = JSON.stringify(all.map((number) => 2 * number));
      for (const program of programs) {
        const { lines } = program;
        expect(lines, program.describe()).to.include(`answers ${answers}`);
        expect(lines, program.describe()).to.include(`greeted ${COUNT} 0`);
        expect(lines, program.describe()).to.include(`heard ${JSON.stringify(all)}`);
        expect(program.errors).to.equal('');
      }
    });
  }
});
