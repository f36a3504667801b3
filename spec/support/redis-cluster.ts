import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { RedisFixture } from './redis.js';

/** A Redis Cluster of two nodes, each with half of the slots. */
export class RedisClusterFixture {
  private readonly nodes: readonly [RedisFixture, RedisFixture];

  constructor(options: { appendOnly?: boolean } = {}) {
    const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
    this.nodes = [new RedisFixture({ ...options, args }), new RedisFixture({ ...options, args })];
  }

  /** Of each node. */
  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** Resolves when both nodes know of one another and serve. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    const clients = this.nodes.map(({ url }) => new Redis(url));
    const [first, second] = clients as [Redis, Redis];
    await first.cluster('ADDSLOTSRANGE', 0, 8191);
    await second.cluster('ADDSLOTSRANGE', 8192, 16383);
    await first.cluster('MEET', '127.0.0.1', `${this.nodes[1].port}`);
    for (const client of clients) {
      await eventually(async () => (await client.cluster('INFO')).includes('cluster_state:ok'), {
        within: 15_000,
      });
      client.disconnect();
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}
