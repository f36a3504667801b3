import type { DiscoveryOptions as NucleusOptions } from '../../nucleus/create-discovery.js';
import { splitEndpoint } from '../../nucleus/endpoint.js';
import { type MulticastOption, parseMulticast } from '../../nucleus/multicast-option.js';
import { DEFAULT_NUCLEUS, type NucleusOption, parseNucleus } from '../../nucleus/nucleus-option.js';
import { parseRedisUrl, REDIS_URL_FORM, shownRedisUrl } from '../../nucleus/registry/redis-url.js';

/** Where other instances are looked for. */
export interface DiscoveryOptions {
  /**
   * `redis://[user:password@]host:port[/db]`, `rediss://` for TLS; several `host:port,host:port` are nodes of a cluster (one
   * is enough), `redis+sentinel://host:port,host:port/name` sentinels. Or ioredis options, such as `{ host, tls: { ca } }`; with a
   * URL NODE_EXTRA_CA_CERTS names the authority. `ATOM_REDIS_URL`. Default: no Redis.
   */
  readonly redis?: NucleusOptions['redis'];
  /**
   * `tcp://host:port` of nuclei, one or several, or `'off'`. `ATOM_NUCLEUS`, separated by commas. Default: the one
   * of this machine on port 7993, if there is one.
   */
  readonly nucleus?: string | readonly string[];
  /** `'off'`, or `'group:port'`, or both apart. `ATOM_MULTICAST`. Default: on. */
  readonly multicast?: string | { readonly group?: string; readonly port?: number };
  /** `tcp://host:port` of instances; names are resolved again and again. `ATOM_SEEDS`, separated by commas. Default: none. */
  readonly seeds?: readonly string[];
}

/*
 * Where others are looked for, each option checked. What is wrong is added to `problems`, and left out.
 */

export function redis(given: DiscoveryOptions['redis'], problems: string[]): DiscoveryOptions['redis'] {
  if (typeof given !== 'string') return given;
  try {
    parseRedisUrl(given);
    return given;
  } catch {
    problems.push(`option 'discovery.redis' (ATOM_REDIS_URL) is ${shownRedisUrl(given)}: ${REDIS_URL_FORM}`);
    return undefined;
  }
}

export function nucleus(given: DiscoveryOptions['nucleus'], problems: string[]): NucleusOption {
  if (given === undefined) return DEFAULT_NUCLEUS;
  try {
    return parseNucleus(given);
  } catch (error) {
    problems.push(`option 'discovery.nucleus' (ATOM_NUCLEUS): ${(error as TypeError).message}`);
    return { endpoints: [], expected: false };
  }
}

export function multicast(given: DiscoveryOptions['multicast'], problems: string[]): MulticastOption {
  if (typeof given !== 'string') return given ?? {};
  try {
    return parseMulticast(given);
  } catch {
    problems.push(`option 'discovery.multicast' (ATOM_MULTICAST) is '${given}'; give 'off' or 'group:port'`);
    return 'off';
  }
}

export function seeds(given: readonly string[], problems: string[]): readonly string[] {
  for (const seed of given) {
    if (splitEndpoint(seed) !== undefined) continue;
    problems.push(`option 'discovery.seeds' (ATOM_SEEDS) holds '${seed}'; write each as 'tcp://host:port'`);
  }
  return given;
}

export function splitList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
