import type { ClientOptions } from '../programs/client.js';
import type { ServerOptions } from '../programs/server.js';
import type { Hosts } from '../../support/hosts.js';
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
  const { count = 3, server = {}, env = {}, odd = env, apart = true, ...client } = options;
  const network = apart ? scene.hosts(count + 1) : undefined;
  const places = Array.from({ length: count + 1 }, (_, at) => ({
    host: network?.hosts[at],
    env: at === 0 || at === count ? odd : env,
  }));
  const servers = await Promise.all(places.slice(0, count).map((place) => scene.server(server, place)));
  const asked = { operation: 'read', timeout: TIMEOUT, instances: count, ...client } as const;
  return { network, servers, places, client: await scene.client(asked, places[count]) };
}

/** The load in words. */
export const loadOn =
  (count: number) =>
  ({ rate, before, during, after }: Size): string =>
    `${rate}/s on ${count}, ${before + during + after} s`;
