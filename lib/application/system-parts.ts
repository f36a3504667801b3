import { type Clock, systemClock } from '../../nucleus/clock.js';
import { createDiscovery } from '../../nucleus/create-discovery.js';
import { hostId } from '../../nucleus/host-id.js';
import type { Logger } from '../../nucleus/logger.js';
import { RedisLog } from '../durable/redis/redis-log.js';
import type { Transport, TransportOptions } from '../transport/transport.js';
import { ZeromqTransport } from '../transport/zeromq/zeromq-transport.js';
import { loggerOf } from './logger.js';
import type { NodeParts } from './mesh-node.js';
import type { ResolvedOptions } from './options.js';

/** The log in Redis, where there is one. */
function durableLog(options: ResolvedOptions, logger: Logger): NodeParts['durableLog'] {
  const { redis, environment, durable } = options;
  if (redis === undefined) return undefined;
  const { maxBacklog } = durable;
  return () => new RedisLog({ redis, environment, clock: systemClock, logger, maxBacklog });
}

type MakeTransport = new (options: TransportOptions, clock: Clock) => Transport;

/** ZeroMQ (or another transport), the machine's clock, and discovery as the options say. */
export function systemParts(
  options: ResolvedOptions,
  MakeTransport: MakeTransport = ZeromqTransport,
): NodeParts {
  const logger = loggerOf(options);
  const host = hostId();
  return {
    options,
    clock: systemClock,
    random: Math.random,
    logger,
    hostId: host,
    createTransport: (instance) =>
      new MakeTransport(
        {
          instance,
          budget: options.budget,
          maxBody: options.maxBody,
          fault: (err) => logger.error({ err }, 'a message could not be handled: please report this'),
        },
        systemClock,
      ),
    durableLog: durableLog(options, logger),
    createDiscovery: (self) =>
      createDiscovery({
        self,
        host,
        logger,
        environment: options.environment,
        bind: options.bind,
        multicast: options.multicast,
        seeds: options.seeds,
        nucleus: options.nucleus,
        ...(options.redis === undefined ? {} : { redis: options.redis }),
      }),
  };
}
