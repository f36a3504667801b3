import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { RedisFixture } from './redis.js';

const NAME = 'primary';

/** A primary, a replica of it with an append-only file each, and a sentinel that promotes the replica within about a second. */
export class RedisSentinelFixture {
  private readonly servers = [new RedisFixture({ appendOnly: true }), new RedisFixture({ appendOnly: true })];
  private primary = this.servers[0]!;
  private sentinel: ChildProcess | undefined;
  private asking: Redis | undefined;
  private folder = '';
  private port = 0;

  get url(): string {
    return `redis+sentinel://127.0.0.1:${this.port}/${NAME}`;
  }

  /** Resolves when the sentinel knows both, and the replica has what the primary has. */
  async start(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.start()));
    const [first, second] = this.servers as [RedisFixture, RedisFixture];
    await second.client().replicaof('127.0.0.1', first.port);
    await eventually(async () => (await second.client().info('replication')).includes('link_status:up'), {
      within: 15_000,
    });
    this.port = await freePort();
    this.folder = await mkdtemp(join(tmpdir(), 'atom-sentinel-'));
    const file = join(this.folder, 'sentinel.conf');
    await writeFile(
      file,
      [
        `port ${this.port}`,
        'bind 127.0.0.1',
        `dir ${this.folder}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${first.port} 1`,
        `sentinel down-after-milliseconds ${NAME} 500`,
        `sentinel failover-timeout ${NAME} 5000`,
        '',
      ].join('\n'),
    );
    const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    this.sentinel = child;
    const reap = (): void => void child.kill('SIGKILL');
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    this.asking = new Redis({ port: this.port, host: '127.0.0.1', retryStrategy: () => 50 });
    this.asking.on('error', () => undefined); // it takes a moment
    await eventually(
      async () => ((await this.asking!.call('SENTINEL', 'replicas', NAME)) as unknown[]).length === 1,
      {
        within: 15_000,
      },
    );
  }

  /** A connection to the server that was the primary last. */
  client(): Redis {
    return this.primary.client();
  }

  /** Resolves when the replica has all that the primary has now. */
  async replicated(): Promise<void> {
    const client = this.client();
    await client.set('fixture:replicated', 1); // WAIT waits for the connection's own writes
    await eventually(async () => (await client.wait(1, 1000)) === 1);
  }

  /** SIGKILL of the primary, or SIGSTOP; resolves when the sentinel names the replica instead. */
  async failOver(how: 'kill' | 'freeze'): Promise<void> {
    if (how === 'kill') await this.primary.kill();
    else this.primary.freeze();
    const { other } = this;
    await eventually(
      async () => {
        const [, port] = (await this.asking!.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as string[];
        return Number(port) === other.port;
      },
      { within: 20_000 },
    );
    this.primary = other;
  }

  private get other(): RedisFixture {
    return this.servers.find((server) => server !== this.primary)!;
  }

  async stop(): Promise<void> {
    this.asking?.disconnect();
    const { sentinel } = this;
    if (sentinel !== undefined && sentinel.exitCode === null) {
      const ended = new Promise((resolve) => sentinel.once('exit', resolve));
      sentinel.kill('SIGKILL');
      await ended;
    }
    await Promise.all(this.servers.map((server) => server.stop()));
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }
}
