import { expect } from 'chai';
import { fork } from 'node:child_process';
import { randomMulticast } from '../support/multicast.js';
import { RedisFixture } from '../support/redis.js';

describe('discovery in a process of its own', () => {
  const redis = new RedisFixture();
  afterEach(() => redis.stop());

  /** Runs one instance that finds nobody, withdraws and closes; gives its exit code and how long it lingered. */
  async function run(): Promise<{ code: number | null; lingered: number }> {
    const { group, port } = randomMulticast();
    const file = new URL('../support/discovery-process.js', import.meta.url);
    const child = fork(file, [redis.url, `${group}:${port}`], { stdio: 'inherit' });
    let closed = Infinity;
    child.once('message', () => (closed = performance.now()));
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { code, lingered: performance.now() - closed };
  }

  it('leaves no handle open that would keep the process alive', async () => {
    await redis.start();
    const { code, lingered } = await run();
    expect(code).to.equal(0);
    expect(lingered).to.be.below(1000);
  });

  it('leaves none open either while Redis is frozen', async () => {
    await redis.start();
    redis.freeze();
    const { code, lingered } = await run();
    expect(code).to.equal(0);
    expect(lingered).to.be.below(1000);
  });
});
