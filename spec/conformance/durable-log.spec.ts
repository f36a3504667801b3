import { systemClock } from '../../nucleus/clock.js';
import { silentLogger } from '../../nucleus/logger.js';
import { MemoryDurableLog, MemoryLogHub } from '../../lib/durable/memory-log.js';
import { RedisLog } from '../../lib/durable/redis/redis-log.js';
import { aclOf } from '../support/acl.js';
import { RedisFixture } from '../support/redis.js';
import { RedisClusterFixture } from '../support/redis-cluster.js';
import { RedisSecureFixture } from '../support/redis-secure.js';
import { durableLogConformance } from './durable-log.js';

const hub = new MemoryLogHub();
durableLogConformance('memory', {
  async setup() {},
  async cleanup() {},
  create: (environment, maxBacklog) => new MemoryDurableLog(hub, environment, systemClock, maxBacklog),
});

const redis = new RedisFixture({ appendOnly: true });
durableLogConformance('redis', {
  setup: () => redis.start(),
  cleanup: () => redis.stop(),
  create: (environment, maxBacklog = 1_000_000) =>
    new RedisLog({ environment, redis: redis.url, clock: systemClock, logger: silentLogger, maxBacklog }),
});

const cluster = new RedisClusterFixture({ appendOnly: true });
let turn = 0;
durableLogConformance('redis cluster', {
  setup: () => cluster.start(),
  cleanup: () => cluster.stop(),
  // By either node: half of the environments are on the other one.
  create: (environment, maxBacklog = 1_000_000) =>
    new RedisLog({
      environment,
      redis: cluster.urls[turn++ % 2]!,
      clock: systemClock,
      logger: silentLogger,
      maxBacklog,
    }),
});

const secure = new RedisSecureFixture({
  atom: `${aclOf('nucleus/PROTOCOL.md')} ${aclOf('lib/durable/PROTOCOL.md')}`,
});
durableLogConformance('redis by TLS, as a user who may do nothing else', {
  setup: () => secure.start(),
  cleanup: () => secure.stop(),
  create: (environment, maxBacklog = 1_000_000) =>
    new RedisLog({
      environment,
      redis: secure.options('atom'),
      clock: systemClock,
      logger: silentLogger,
      maxBacklog,
    }),
});
