import { ok, warning, type Check } from './check.js';
import { redisOf, withRedis } from './with-redis.js';

/** Below this, ms, nobody is confused by what a log says. */
const TOLERABLE = 1000;

/** This machine's clock against Redis's. */
export const clocks: Check = {
  name: 'clocks',
  async run(context) {
    const given = redisOf(context);
    if (given === undefined) return [ok('nothing to compare with (no Redis)')];
    const skew = await withRedis(given, async (client) => {
      await client.ping(); // so that connecting is not measured
      const begin = Date.now();
      const [seconds = 0, microseconds = 0] = (await client.time()).map(Number);
      return seconds * 1000 + microseconds / 1000 - (begin + Date.now()) / 2;
    }).catch(() => undefined);
    if (skew === undefined) return [ok('nothing to compare with (Redis cannot be asked)')];
    const apart = Math.abs(skew);
    const text = apart < 10_000 ? `${apart.toFixed(0)} ms` : `${(apart / 1000).toFixed(0)} s`;
    if (apart < TOLERABLE) return [ok(`within ${text} of Redis's`)];
    const which = skew > 0 ? 'behind' : 'ahead of';
    const mend =
      'Let NTP keep both (timedatectl set-ntp true). Requests and leases do not depend on it, times in logs do.';
    return [warning(`this machine's clock is ${text} ${which} Redis's`, mend)];
  },
};
