import type { RedisOptions } from 'ioredis';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** ioredis options, and where the URL has several hosts, the nodes of a cluster that they are. */
export type UrlOptions = RedisOptions & { readonly nodes?: readonly RedisNode[] };

const SHAPE = /^(rediss?)(\+sentinel)?:\/\/(.*@)?([^/?@]*)([/?].*)?$/;

/**
 * What a URL says: `redis://`, or `rediss://` (TLS), with one host, or with several that are nodes of a cluster;
 * `redis+sentinel://` or `rediss+sentinel://` with sentinels and the name of the primary. User and password are
 * those of Redis; further ioredis options, such as `sentinelPassword`, may stand behind a `?`.
 * @throws TypeError that says how to write it
 */
export function parseRedisUrl(url: string): UrlOptions {
  try {
    const [, scheme, sentinel, account = '', hosts = '', rest = ''] = SHAPE.exec(url)!;
    const { username, password, pathname, searchParams } = new URL(`${scheme}://${account}host${rest}`);
    const path = pathname.split('/').slice(1).map(decodeURIComponent);
    const { family, ...more } = Object.fromEntries(searchParams);
    const common = {
      ...more,
      ...(family === undefined ? {} : { family: Number(family) }),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(scheme === 'rediss' ? { tls: {} } : {}),
    };
    const nodes = (port: number): RedisNode[] => hosts.split(',').map((host) => nodeOf(host, port));
    if (sentinel === undefined) {
      const [first = LOCAL, ...others] = hosts === '' ? [] : nodes(6379);
      const options = { ...common, ...database(path[0]) };
      return others.length > 0 ? { ...options, nodes: [first, ...others] } : { ...options, ...first };
    }
    const [name = '', db] = path;
    if (name === '') throw new Error('no name');
    const secure = scheme === 'rediss' ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {};
    return { ...common, ...secure, ...database(db), name, sentinels: nodes(26_379) };
  } catch {
    throw new TypeError(`The Redis URL is ${shownRedisUrl(url)}: ${REDIS_URL_FORM}`);
  }
}

/** How a URL is written, for messages. */
export const REDIS_URL_FORM =
  "write it as 'redis://[user:password@]host:port[/db]', or rediss:// for TLS; " +
  "a cluster with several 'host:port,host:port'; sentinels as 'redis+sentinel://[user:password@]host:port,host:port/name'";

/** A URL that is none, for messages: in quotes, or `malformed` where it may hold a password. */
export function shownRedisUrl(url: string): string {
  return SURELY_PLAIN.test(url) ? `'${url}'` : 'malformed';
}

/** A host, perhaps with a scheme before it, and a port or a path behind it. */
const SURELY_PLAIN = /^([a-z+]+:\/\/)?[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9-]*)?$/i;

const LOCAL: RedisNode = { host: '127.0.0.1', port: 6379 };

function nodeOf(text: string, usual: number): RedisNode {
  const { hostname, port } = new URL(`redis://${text}`);
  if (hostname === '') throw new Error('no host');
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

function database(text = ''): { readonly db?: number } {
  if (text === '') return {};
  if (!/^\d{1,5}$/.test(text)) throw new Error('no number');
  return { db: Number(text) };
}
