import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type ResolvedOptions, resolveOptions } from '../../lib/application/options.js';
import { HTTP_PORT } from '../daemon/http/http-options.js';
import { isWildcardHost } from '../endpoint.js';
import { NUCLEUS_PORT } from '../registry/nucleus-layout.js';

/** What `atom start` was told; the rest comes from the `ATOM_*` variables. */
export interface DaemonFlags {
  readonly env?: string;
  readonly redis?: string;
  readonly seeds?: string;
  readonly multicast?: string;
  readonly bind?: string;
  readonly port?: number;
  readonly httpPort?: number;
  readonly httpHosts?: readonly string[];
  readonly insecure?: boolean;
}

export interface DaemonOptions {
  readonly port: number;
  readonly httpPort: number;
  /** Names that HTTP is reached by, besides those of loopback and of what is listened on. */
  readonly httpHosts: readonly string[];
  /** Of the application through which it takes part in the mesh. */
  readonly mesh: ResolvedOptions;
}

/** @throws BootstrapError naming each wrong option and its mend */
export function daemonOptions(flags: DaemonFlags, env: NodeJS.ProcessEnv = process.env): DaemonOptions {
  const { bind, redis, multicast, seeds } = flags;
  const mesh = resolveOptions(
    {
      // The variables of ports are meant for the service that is started with them.
      port: 0,
      eventsPort: 0,
      drainTimeout: 1000,
      shutdownSignals: false,
      ...(flags.env === undefined ? {} : { environment: flags.env }),
      ...(bind === undefined ? {} : { bind, ...hostFor(bind, env) }),
      ...(flags.insecure === undefined ? {} : { insecure: flags.insecure }),
      discovery: {
        nucleus: 'off',
        ...(redis === undefined ? {} : { redis }),
        ...(multicast === undefined ? {} : { multicast }),
        ...(seeds === undefined ? {} : { seeds: seeds.split(',').map((seed) => seed.trim()) }),
      },
    },
    env,
  );
  const { port = NUCLEUS_PORT, httpPort = HTTP_PORT, httpHosts = [] } = flags;
  return { port, httpPort, httpHosts, mesh };
}

/** What others reach it by: the address that it listens on, or with all of them the first that is not loopback. */
function hostFor(bind: string, env: NodeJS.ProcessEnv): { host?: string } {
  if (env.ATOM_HOST) return {};
  if (!isWildcardHost(bind)) return { host: bind };
  const family = isIP(bind) === 6 ? 'IPv6' : 'IPv4';
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = addresses.find((address) => !address.internal && address.family === family);
  return own === undefined ? {} : { host: own.address };
}
