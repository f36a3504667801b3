import type { RedisClient } from '../../registry/redis-client.js';
import { ok, problem, textOf, warning, type Check, type Finding } from './check.js';
import { redisOf, withRedis } from './with-redis.js';

const PINGS = 5;
/** Renewing leases and looking around should not take longer, ms. */
const SLOW = 50;

/** Redis is there, quick, writable, and keeps what it was told. */
export const redis: Check = {
  name: 'redis',
  async run(context) {
    const given = redisOf(context);
    if (given === undefined) return [ok('not configured: services find one another without it')];
    try {
      return await withRedis(given, async (client, name) => [
        await latency(client, name),
        await persistence(client),
        ...(await role(client)),
      ]);
    } catch (error) {
      const mend =
        'Start it, or correct ATOM_REDIS_URL (redis://[user:password@]host:port). Services go on without it meanwhile.';
      return [problem(`cannot be used: ${textOf(error)}`, mend)];
    }
  },
};

async function latency(client: RedisClient, name: string): Promise<Finding> {
  let best = Infinity; // the other checks keep this process busy

  for (let ping = 0; ping < PINGS; ping++) {
    const begin = performance.now();
    await client.ping();
    best = Math.min(best, performance.now() - begin);
  }
  const text = `${name} answers in ${best.toFixed(1)} ms`;
  return best < SLOW ? ok(text) : warning(text, 'Use one that is nearer, or find out what keeps it busy.');
}

async function persistence(client: RedisClient): Promise<Finding> {
  let info: Record<string, string>;
  try {
    info = parseInfo(await client.info('persistence'));
  } catch (error) {
    const mend = 'Nothing, unless you want this check: allow the user +info.';
    return warning(`its persistence cannot be seen: ${textOf(error)}`, mend);
  }
  if (info.aof_last_write_status === 'err') {
    return problem('its append-only file cannot be written', 'Look at its log and its disk.');
  }
  if (info.aof_enabled === '1') return ok('it keeps an append-only file');
  const mend =
    "Set 'appendonly yes' in redis.conf (now: redis-cli config set appendonly yes). Discovery fills it again by itself.";
  return warning('it keeps no append-only file: after a crash, durable events are lost', mend);
}

async function role(client: RedisClient): Promise<readonly Finding[]> {
  const { role: part } = parseInfo(await client.info('replication').catch(() => ''));
  if (part !== 'slave') return [];
  return [problem('it is a replica, and cannot be written to', 'Name the primary in ATOM_REDIS_URL.')];
}

/** The lines `name:value` of an INFO. */
function parseInfo(text: string): Record<string, string> {
  const pairs = text.split(/\r?\n/).map((line) => line.split(':', 2));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2)) as Record<string, string>;
}
