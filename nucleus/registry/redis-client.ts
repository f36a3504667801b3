import type { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from './redis-target.js';

/** What the registry needs of a client: the commands that a single server and a cluster have in common. */
export type RedisClient = Redis | Cluster;

/** A client for the target, not yet connected. Loads ioredis, 50 to 85 ms, so only for those who use it. */
export async function redisClients(target: RedisTarget): Promise<() => RedisClient> {
  const { Cluster, Redis } = await import('ioredis');
  const { url, options } = target;
  const single = (): Redis => (url === undefined ? new Redis(options) : new Redis(url, options));
  if (!target.isCluster) return single;
  return () => {
    // The given node is where the cluster is found; the credentials hold for all of its nodes.
    const { host = '127.0.0.1', port = 6379, ...rest } = single().options;
    return new Cluster([{ host, port }], {
      redisOptions: rest,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      clusterRetryStrategy: () => null,
    });
  };
}
