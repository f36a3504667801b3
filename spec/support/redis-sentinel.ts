import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { RedisFixture } from './redis.js';

/** A Redis with a replica, and a Sentinel that promotes the replica when the first has gone for a second. */
export class RedisSentinelFixture {
  readonly name = 'chaos';
  private readonly first = new RedisFixture();
  private second = new RedisFixture();
  private folder = '';
  private port = 0;
  private sentinel: ChildProcess | undefined;

  /** Options for ioredis. */
  get options(): { readonly sentinels: { host: string; port: number }[]; readonly name: string } {
    return { sentinels: [{ host: '127.0.0.1', port: this.port }], name: this.name };
  }

  /** A connection to the one that was the replica at first. */
  replica(): Redis {
    return this.second.client();
  }

  async start(): Promise<void> {
    await this.first.start();
    this.second = new RedisFixture({ args: ['--replicaof', `127.0.0.1 ${this.first.port}`] });
    await this.second.start();
    this.folder = await mkdtemp(join(tmpdir(), 'atom-sentinel-'));
    this.port = await freePort();
    const file = join(this.folder, 'sentinel.conf');
    await writeFile(
      file,
      [
        `port ${this.port}`,
        'bind 127.0.0.1',
        `dir ${this.folder}`,
        `sentinel monitor ${this.name} 127.0.0.1 ${this.first.port} 1`,
        `sentinel down-after-milliseconds ${this.name} 1000`,
        `sentinel failover-timeout ${this.name} 3000`,
        '',
      ].join('\n'),
    );
    const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    this.sentinel = child;
    const reap = (): void => void child.kill('SIGKILL');
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    const asked = new Redis({ port: this.port, lazyConnect: false });
    asked.on('error', () => undefined); // it begins before the Sentinel does
    await eventually(
      async () => ((await asked.call('SENTINEL', 'REPLICAS', this.name)) as unknown[]).length === 1,
      {
        within: 20_000,
        what: 'the Sentinel knows the replica',
      },
    );
    asked.disconnect();
    const replica = this.replica();
    await eventually(async () => (await replica.info('replication')).includes('master_link_status:up'));
  }

  /** Kills the first; resolves when the second has taken its place. */
  async failOver(): Promise<void> {
    await this.first.kill();
    const replica = this.replica();
    await eventually(async () => (await replica.info('replication')).includes('role:master'), {
      within: 20_000,
    });
  }

  async stop(): Promise<void> {
    this.sentinel?.kill('SIGKILL');
    await Promise.all([this.first.stop(), this.second.stop()]);
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }
}
