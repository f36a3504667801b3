import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Redis, RedisOptions } from 'ioredis';
import { freePort } from './free-port.js';
import { RedisFixture } from './redis.js';

const run = promisify(execFile);

const PASSWORD = 's3cret/with:signs@';

/** A Redis with TLS, a certificate of its own authority, and users beside the default one. */
export class RedisSecureFixture {
  private server: RedisFixture | undefined;
  private folder = '';
  private port = 0;

  /** The users' rules, as in `ACL SETUSER`, by name. */
  constructor(private readonly users: Readonly<Record<string, string>>) {}

  /** Trusts nobody but the system's authorities, and those of NODE_EXTRA_CA_CERTS. */
  url(user: string): string {
    return `rediss://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}`;
  }

  /** Path of the authority's certificate. */
  get authority(): string {
    return join(this.folder, 'ca.crt');
  }

  /** ioredis options that say what the URL says, with the authority. */
  options(username: string): RedisOptions {
    const ca = readFileSync(this.authority, 'utf8');
    return { host: '127.0.0.1', port: this.port, username, password: PASSWORD, tls: { ca } };
  }

  async start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'atom-tls-'));
    await this.certify();
    this.port = await freePort();
    const path = (file: string): string => join(this.folder, file);
    const tls = [
      '--tls-port',
      `${this.port}`,
      '--tls-auth-clients',
      'no',
      '--tls-ca-cert-file',
      path('ca.crt'),
    ];
    const own = ['--tls-cert-file', path('redis.crt'), '--tls-key-file', path('redis.key')];
    const users = Object.entries(this.users).flatMap(([name, rules]) => [
      ...['--user', name, 'on', `>${PASSWORD}`],
      ...rules.split(/\s+/),
    ]);
    this.server = new RedisFixture({ appendOnly: true, args: [...tls, ...own, ...users] });
    await this.server.start();
  }

  /** A connection without TLS, as the default user, who may do everything. */
  admin(): Redis {
    return this.server!.client();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
  }

  private async certify(): Promise<void> {
    const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: this.folder });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=atom specs');
    await openssl(
      ...['req', '-x509', ...key, '-keyout', 'redis.key', '-out', 'redis.crt', '-subj', '/CN=redis'],
      ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    );
  }
}
