import { Redis } from 'ioredis';
import { silentLogger } from '../../nucleus/logger.js';
import { MemoryRegistry, MemoryRegistryHub } from '../../nucleus/registry/memory-registry.js';
import { RedisLayout } from '../../nucleus/registry/redis-layout.js';
import { RedisRegistry } from '../../nucleus/registry/redis-registry.js';
import { fastClock } from '../support/fast-clock.js';
import { NucleusFixture, nucleusRegistry } from '../support/nucleus.js';
import { aclOf } from '../support/acl.js';
import { RedisFixture } from '../support/redis.js';
import { RedisSecureFixture } from '../support/redis-secure.js';
import { registryConformance } from './registry.js';

const hub = new MemoryRegistryHub();
registryConformance('memory', {
  async setup() {},
  async cleanup() {},
  create: (environment) => new MemoryRegistry(hub, environment),
  async expire(_environment, instance) {
    hub.expire(instance);
  },
});

const redis = new RedisFixture();
let client: Redis;
registryConformance('redis', {
  async setup() {
    await redis.start();
    client = new Redis(redis.url);
  },
  async cleanup() {
    client.disconnect();
    await redis.stop();
  },
  create: (environment) =>
    new RedisRegistry({
      environment,
      redis: redis.url,
      clock: fastClock(4),
      random: Math.random,
      logger: silentLogger,
    }),
  async expire(environment, instance) {
    await client.del(new RedisLayout(environment).record(instance));
  },
});

const secure = new RedisSecureFixture({ atom: aclOf('nucleus/PROTOCOL.md') });
registryConformance('redis by TLS, as a user who may do nothing else', {
  setup: () => secure.start(),
  cleanup: () => secure.stop(),
  create: (environment) =>
    new RedisRegistry({
      environment,
      redis: secure.options('atom'),
      clock: fastClock(4),
      random: Math.random,
      logger: silentLogger,
    }),
  async expire(environment, instance) {
    await secure.admin().del(new RedisLayout(environment).record(instance));
  },
});

const nucleusClock = fastClock(4);
const nucleus = new NucleusFixture(nucleusClock);
registryConformance('nucleus', {
  setup: () => nucleus.start(),
  cleanup: () => nucleus.stop(),
  create: (environment) => nucleusRegistry(nucleus.endpoint, { environment, clock: nucleusClock }),
  async expire(environment, instance) {
    nucleus.store(environment).evict(instance, Infinity);
  },
});
