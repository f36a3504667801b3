import type { ClientOptions } from '../programs/client.js';
import type { ServerOptions } from '../programs/server.js';
import type { Host, Hosts } from '../../support/hosts.js';
import type { Client, Place, Scene, Server } from '../scene.js';
import type { Size } from '../size.js';

export interface MeshOptions extends Partial<Omit<ClientOptions, 'file'>> {
  /** How many servers; default 3. */
  readonly count?: number;
  readonly server?: Partial<ServerOptions>;
  readonly env?: NodeJS.ProcessEnv;
  /** Of the first server and the client, in its place. */
  readonly odd?: NodeJS.ProcessEnv;
  /** False: all on the loopback. */
  readonly apart?: boolean;
  /** They find one another by Redis alone, which has a host of its own. */
  readonly byRedis?: boolean;
}

/** Servers and the client that loads them, each on a host of its own. */
export interface SmallMesh {
  readonly network: Hosts | undefined;
  readonly servers: readonly Server[];
  readonly client: Client;
  /** Of the server of the same index; the client's comes last. */
  readonly places: readonly Place[];
}

/** Deadline of a request in most scenarios, ms. */
export const TIMEOUT = 2000;

export async function mesh(scene: Scene, options: MeshOptions = {}): Promise<SmallMesh> {
  const {
    count = 3,
    server = {},
    apart = true,
    byRedis = false,
    env: common,
    odd: special,
    ...client
  } = options;
  const network = apart ? scene.hosts(count + (byRedis ? 2 : 1)) : undefined;
  const env = { ...common, ...(byRedis && (await redisOn(scene, network?.hosts[count + 1]))) };
  const odd = { ...env, ...special };
  const places = Array.from({ length: count + 1 }, (_, at) => ({
    host: network?.hosts[at],
    env: at === 0 || at === count ? odd : env,
  }));
  const servers = await Promise.all(places.slice(0, count).map((place) => scene.server(server, place)));
  const asked = { operation: 'read', timeout: TIMEOUT, instances: count, ...client } as const;
  return { network, servers, places, client: await scene.client(asked, places[count]) };
}

async function redisOn(scene: Scene, host: Host | undefined): Promise<NodeJS.ProcessEnv> {
  const redis = scene.redis(host === undefined ? {} : { host });
  await redis.start();
  return { ATOM_MULTICAST: 'off', ATOM_REDIS_URL: redis.url };
}

/** The load in words. */
export const loadOn =
  (count: number) =>
  ({ rate, before, during, after }: Size): string =>
    `${rate}/s on ${count}, ${before + during + after} s`;
