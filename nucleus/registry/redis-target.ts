import type { RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisNode, type UrlOptions } from './redis-url.js';

/**
 * Where Redis is and how to speak to it: ioredis options from a URL or an options object.
 * Throws a `TypeError` when the URL is not one.
 */
export class RedisTarget {
  readonly options: RedisOptions;
  /** Host, port and database, for people; never a password. */
  readonly name: string;
  /** Nodes of the cluster by which it is found: those that were given, and those that it has named. */
  private readonly known = new Map<string, RedisNode>();
  private cluster: boolean;
  private readonly secrets: readonly string[];

  constructor(redis: string | RedisOptions) {
    const { nodes, ...given }: UrlOptions = typeof redis === 'string' ? parseRedisUrl(redis) : redis;
    this.cluster = nodes !== undefined;
    this.name = nodes === undefined ? nameOf(given) : `${scheme(given)}://${nodes.map(nameOfNode).join(',')}`;
    this.secrets = [given.password, given.sentinelPassword].flatMap((secret) => secret || []);
    this.options = {
      // Of a failed primary that answers all the same, the sentinels tell.
      ...(given.sentinels === undefined ? {} : { failoverDetector: true }),
      ...given,
      // The registry connects anew after any trouble, with its own back-off: nothing must queue or repeat.
      lazyConnect: true,
      retryStrategy: () => null,
      sentinelRetryStrategy: () => null,
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      connectTimeout: given.connectTimeout ?? 2000,
      disconnectTimeout: 100,
      // The check needs the command INFO, which an ACL user may lack; a server that loads refuses commands anyway.
      enableReadyCheck: false,
      disableClientInfo: true,
    };
    const { host = '127.0.0.1', port = 6379 } = given;
    this.found(nodes ?? [{ host, port }]);
  }

  /** True once a server has said that it is one of a cluster, or where several nodes were given. */
  get isCluster(): boolean {
    return this.cluster;
  }

  /** Where the cluster may be asked for its nodes. */
  get nodes(): readonly RedisNode[] {
    return [...this.known.values()];
  }

  /** The cluster has these: any of them will do when those that were given are gone. */
  found(nodes: readonly RedisNode[]): void {
    for (const node of nodes) this.known.set(nameOfNode(node), node);
  }

  /** Learns from an error what the target is; true when that is why it failed, and the next attempt may do better. */
  learn(error: unknown): boolean {
    if (this.cluster || !(error instanceof Error) || !/^(MOVED|ASK) /.test(error.message)) return false;
    this.cluster = true;
    return true;
  }

  /** The error's text, without any password. */
  describe(error: unknown): string {
    let text = error instanceof Error ? error.message : String(error);
    for (const secret of this.secrets) text = text.replaceAll(secret, '***');
    return text;
  }
}

function nameOf(options: RedisOptions): string {
  const { sentinels, name, path, host = '127.0.0.1', port = 6379, db = 0 } = options;
  if (sentinels !== undefined) {
    return `${name} by sentinel ${sentinels.map((at) => `${at.host}:${at.port ?? 26379}`).join(', ')}`;
  }
  return path ?? `${scheme(options)}://${host}:${port}${db === 0 ? '' : `/${db}`}`;
}

function scheme({ tls }: RedisOptions): string {
  return tls === undefined ? 'redis' : 'rediss';
}

function nameOfNode({ host, port }: RedisNode): string {
  return `${host}:${port}`;
}
