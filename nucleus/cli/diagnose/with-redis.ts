import type { ResolvedOptions } from '../../../lib/application/options.js';
import { redisClients, type RedisClient } from '../../registry/redis-client.js';
import { RedisTarget } from '../../registry/redis-target.js';
import { NotPossible, type DiagnoseContext } from './check.js';

type Redis = ResolvedOptions['redis'];

/** A frozen server keeps its connections open and says nothing, ms. */
const PATIENCE = 3000;

/** Whether its URL is malformed; the check of variables tells how. */
export function isRedisMalformed({ malformed }: DiagnoseContext): boolean {
  return malformed.some((text) => text.includes('ATOM_REDIS_URL'));
}

/** The Redis that is configured. @throws NotPossible where its URL is malformed */
export function redisOf(context: DiagnoseContext): Redis {
  if (isRedisMalformed(context)) throw new NotPossible('ATOM_REDIS_URL is malformed');
  return context.options.redis;
}

/** Connects to Redis, runs `use` and disconnects. @throws Error that says why not, without a password */
export async function withRedis<T>(
  redis: NonNullable<Redis>,
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
