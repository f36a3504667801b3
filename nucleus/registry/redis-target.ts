import type { RedisOptions } from 'ioredis';

/**
 * Where Redis is and how to speak to it: ioredis options from a URL or an options object.
 * Throws a `TypeError` when the URL is not one.
 */
export class RedisTarget {
  readonly url: string | undefined;
  readonly options: RedisOptions;
  /** Host, port and database, for people; never a password. */
  readonly name: string;
  private cluster = false;
  private readonly secrets: readonly string[];

  constructor(redis: string | RedisOptions) {
    this.url = typeof redis === 'string' ? redis : undefined;
    const given = typeof redis === 'string' ? {} : redis;
    const parsed = typeof redis === 'string' ? parseUrl(redis) : undefined;
    this.name = parsed?.name ?? nameOf(given);
    this.secrets = [parsed?.password, given.password, given.sentinelPassword].flatMap(
      (secret) => secret || [],
    );
    this.options = {
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
  }

  /** True once a server has said that it is one of a cluster. */
  get isCluster(): boolean {
    return this.cluster;
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

function parseUrl(url: string): { name: string; password: string } {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    // reported below, without the text: it may hold a password
  }
  if (parsed === undefined || !/^rediss?:$/.test(parsed.protocol)) {
    throw new TypeError(
      `The Redis URL is malformed: write it as 'redis://[user:password@]host:port[/db]', or rediss:// for TLS`,
    );
  }
  const { protocol, hostname, port, pathname } = parsed;
  return {
    name: `${protocol}//${hostname || '127.0.0.1'}:${port || '6379'}${pathname === '/' ? '' : pathname}`,
    password: decodeURIComponent(parsed.password),
  };
}

function nameOf({
  sentinels,
  name,
  path,
  host = '127.0.0.1',
  port = 6379,
  db = 0,
  tls,
}: RedisOptions): string {
  if (sentinels !== undefined) {
    return `${name} by sentinel ${sentinels.map((at) => `${at.host}:${at.port ?? 26379}`).join(', ')}`;
  }
  return path ?? `${tls === undefined ? 'redis' : 'rediss'}://${host}:${port}${db === 0 ? '' : `/${db}`}`;
}
