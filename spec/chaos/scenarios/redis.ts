import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { RedisLayout } from '../../../nucleus/registry/redis-layout.js';
import { RedisSentinelFixture } from '../../support/redis-sentinel.js';
import { failedByOutcome, latencies, percentile, timesOut, total } from '../checks.js';
import { round } from '../marks.js';
import type { Finding, Scenario } from '../scenario.js';
import type { Size } from '../size.js';
import type { Scene } from '../scene.js';
import { loadOn, mesh } from './mesh.js';

/** How long the registry may take to be whole before the wait for it is given up, ms. */
const PATIENCE = 10_000;

interface Store {
  /** What the services are given. */
  readonly env: NodeJS.ProcessEnv;
  /** Does its worst; resolves when Redis is there again, with a connection to it. */
  readonly trouble: () => Promise<Redis>;
}

/** Discovery by Redis alone, with something the matter with it in the middle. */
async function redisTrouble(scene: Scene, open: (scene: Scene) => Promise<Store>): Promise<Finding> {
  const { size } = scene;
  const { env, trouble } = await open(scene);
  const { servers, client } = await mesh(scene, {
    operation: 'write',
    apart: false,
    env: { ATOM_MULTICAST: 'off', ...env },
  });
  client.go(size.rate);
  await scene.seconds(size.before);
  const redis = await trouble();
  const backAt = scene.now;
  const layout = new RedisLayout('default');
  const keys = servers.map(({ instance }) => layout.record(instance));
  let whole: number | undefined;
  while (whole === undefined && scene.now - backAt < PATIENCE) {
    const there = await redis.exists(...keys).catch(() => 0);
    if (there === keys.length) whole = scene.now - backAt;
    else await sleep(10);
  }
  await scene.seconds(size.after);
  const { calls, sights } = await client.stop();
  const failed = failedByOutcome(calls);
  const marks = scene.marks().none('failed', total(failed)).soon('registry whole again after', whole, 3000);
  return {
    requests: calls.id.length,
    failed,
    figures: {
      'whole again ms': whole === undefined ? 'never' : round(whole),
      'ejected or unroutable': timesOut(sights),
      'p99 ms': round(percentile(latencies(calls), 0.99)),
    },
    misses: marks.misses,
  };
}

const plain =
  (trouble: (redis: ReturnType<Scene['redis']>, scene: Scene) => Promise<void>) =>
  async (scene: Scene): Promise<Store> => {
    const redis = scene.redis();
    await redis.start();
    const act = async (): Promise<Redis> => {
      await trouble(redis, scene);
      // A new one: one that was there before would rest before it connects again, and that would be measured too.
      return redis.client();
    };
    return { env: { ATOM_REDIS_URL: redis.url }, trouble: act };
  };

async function withSentinel(scene: Scene): Promise<Store> {
  const redis = new RedisSentinelFixture();
  scene.onClose(() => redis.stop());
  await redis.start();
  const act = async (): Promise<Redis> => {
    await redis.failOver('kill');
    return redis.client();
  };
  return { env: { ATOM_REDIS_URL: redis.url }, trouble: act };
}

const away = (seconds: (size: Size) => number): ((scene: Scene) => Promise<Store>) =>
  plain(async (redis, scene) => {
    await redis.kill();
    await scene.seconds(seconds(scene.size));
    await redis.start();
  });

const common = { load: loadOn(3), passMark: '0 failed, registry whole again <= 3 s' };

export const scenarios: readonly Scenario[] = [
  {
    ...common,
    name: 'redis-killed',
    faults: ({ during }) => `Redis killed, back empty after ${during / 2} s`,
    run: (scene) =>
      redisTrouble(
        scene,
        away(({ during }) => during / 2),
      ),
  },
  {
    ...common,
    name: 'redis-flushed',
    faults: () => 'FLUSHALL',
    run: (scene) =>
      redisTrouble(
        scene,
        plain(async (redis) => void (await redis.client().flushall())),
      ),
  },
  {
    ...common,
    name: 'redis-frozen',
    faults: ({ during }) => `Redis stopped with SIGSTOP, ${during} s`,
    run: (scene) =>
      redisTrouble(
        scene,
        plain(async (redis, { seconds, size }) => {
          redis.freeze();
          await seconds(size.during);
          redis.thaw();
        }),
      ),
  },
  {
    ...common,
    name: 'redis-failover',
    faults: () => 'Redis killed, its replica promoted by Sentinel',
    run: (scene) => redisTrouble(scene, withSentinel),
  },
  {
    ...common,
    name: 'redis-away',
    faults: ({ during }) => `Redis killed, back empty after ${during * 3} s`,
    run: (scene) =>
      redisTrouble(
        scene,
        away(({ during }) => during * 3),
      ),
  },
];
