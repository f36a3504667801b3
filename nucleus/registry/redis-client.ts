import type { Socket } from 'node:net';
import type { Cluster, Redis } from 'ioredis';
import type { RedisTarget } from './redis-target.js';

/** What the registry needs of a client: the commands that a single server and a cluster have in common. */
export type RedisClient = Redis | Cluster;

/** Makes clients for the target, not yet connected. Loads ioredis, 50 to 85 ms, so only for those who use it. */
export async function redisClients(target: RedisTarget): Promise<() => RedisClient> {
  const { Cluster, Redis } = await import('ioredis');
  if (!target.isCluster) return () => guarded(new Redis(target.options));
  return () => {
    // User, password and TLS hold for all nodes.
    const { host: _host, port: _port, ...rest } = target.options;
    const cluster = new Cluster([...target.nodes], {
      redisOptions: rest,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      clusterRetryStrategy: () => null,
    });
    cluster.on('+node', (node: Redis) => {
      const { host, port } = guarded(node).options;
      if (host !== undefined && port !== undefined) target.found([{ host, port }]);
    });
    return cluster;
  };
}

/**
 * A TLS connection that is given up during its handshake fails twice when the certificate is not to be trusted.
 * ioredis listens for the first failure only, and the second would end the process.
 */
function guarded(client: Redis): Redis {
  let stream: Socket | undefined;
  Object.defineProperty(client, 'stream', {
    configurable: true,
    enumerable: true,
    get: () => stream,
    set: (next: Socket | undefined) => {
      stream = next;
      next?.on('error', () => undefined);
    },
  });
  return client;
}
