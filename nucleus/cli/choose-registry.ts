import type { Clock } from '../clock.js';
import { findRedis } from '../daemon/find-redis.js';
import { OwnRedis } from '../daemon/own-redis.js';
import type { Logger } from '../logger.js';
import { RedisTarget } from '../registry/redis-target.js';
import type { RedisRegistryOptions } from '../registry/redis-registry.js';

/** What the nucleus keeps its registry in. */
export interface RegistryChoice {
  /** For people: never with a password. */
  readonly name: string;
  readonly redis: RedisRegistryOptions['redis'] | undefined;
  stop(): Promise<void>;
}

/** The Redis that is given; else one of its own, where the machine has the program; else memory. */
export async function chooseRegistry(
  given: RedisRegistryOptions['redis'] | undefined,
  folder: string,
  clock: Clock,
  logger: Logger,
): Promise<RegistryChoice> {
  const nothing = async (): Promise<void> => undefined;
  if (given !== undefined) {
    return { name: `redis (${new RedisTarget(given).name})`, redis: given, stop: nothing };
  }
  const command = findRedis();
  if (command === undefined) {
    return {
      name: 'memory (neither redis-server nor valkey-server is on the PATH)',
      redis: undefined,
      stop: nothing,
    };
  }
  const own = new OwnRedis({ command, folder, clock, logger });
  try {
    await own.start();
    return { name: `own redis (${own.name})`, redis: own.url, stop: () => own.stop() };
  } catch (err) {
    logger.warn({ err, command }, 'the own Redis does not start: the registry is kept in memory');
    await own.stop();
    return { name: `memory (${command} does not start)`, redis: undefined, stop: nothing };
  }
}
