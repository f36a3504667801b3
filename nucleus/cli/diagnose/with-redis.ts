import type { ResolvedOptions } from '../../../lib/application/options.js';
import { redisClients, type RedisClient } from '../../registry/redis-client.js';
import { RedisTarget } from '../../registry/redis-target.js';

/** A frozen server keeps its connections open and says nothing, ms. */
const PATIENCE = 3000;

/** Connects to Redis, runs `use` and disconnects. @throws Error that says why not, without a password */
export async function withRedis<T>(
  redis: NonNullable<ResolvedOptions['redis']>,
  use: (client: RedisClient, name: string) => Promise<T>,
): Promise<T> {
  const target = new RedisTarget(redis);
  for (;;) {
    const client = (await redisClients(target))();
    let cause: unknown;
    client.on('error', (error: unknown) => void (cause = error)); // the command's own error says less
    const timer = setTimeout(() => {
      cause = new Error(`no answer within ${PATIENCE} ms`);
      client.disconnect();
    }, PATIENCE);
    try {
      await client.connect();
      return await use(client, target.name);
    } catch (error) {
      await new Promise((resolve) => setImmediate(resolve));
      if (target.learn(error)) continue; // it is a cluster
      throw new Error(`${target.name}: ${target.describe(cause ?? error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      client.disconnect();
    }
  }
}
