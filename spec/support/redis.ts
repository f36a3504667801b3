import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import type { Host } from './hosts.js';

/**
 * A real `redis-server` on a free port, in its own folder. Without `appendOnly` a restart comes back empty,
 * and so it does after `kill()`.
 */
export class RedisFixture {
  private process: ChildProcess | undefined;
  private folder = '';
  private chosenPort = 0;
  private readonly clients: Redis[] = [];

  constructor(
    private readonly options: {
      appendOnly?: boolean;
      args?: readonly string[];
      env?: NodeJS.ProcessEnv;
      /** Where it runs; without, on the loopback. Only who is on its network reaches it there. */
      host?: Host;
    } = {},
  ) {}

  get port(): number {
    return this.chosenPort;
  }

  get url(): string {
    return `redis://${this.address}:${this.chosenPort}`;
  }

  private get address(): string {
    return this.options.host?.address ?? '127.0.0.1';
  }

  /** Chooses the port, without a server on it yet: for what must begin while Redis is away. */
  async reserve(): Promise<void> {
    if (this.chosenPort === 0) this.chosenPort = await freePort();
  }

  /** Starts the server, on the port of the last time if there was one; resolves when it answers. */
  async start(): Promise<void> {
    await this.reserve();
    if (this.folder === '') this.folder = await mkdtemp(join(tmpdir(), 'atom-redis-'));
    const args = ['--port', `${this.chosenPort}`, '--bind', this.address, '--dir', this.folder, '--save', ''];
    args.push('--appendonly', this.options.appendOnly ? 'yes' : 'no', ...(this.options.args ?? []));
    const { host } = this.options;
    if (host !== undefined) args.push('--protected-mode', 'no');
    const [command, ...rest] = [...(host?.prefix ?? []), 'redis-server', ...args];
    const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    const reap = (): void => void child.kill('SIGKILL');
    process.once('exit', reap); // a run that is broken off must leave no server behind
    child.once('exit', () => process.off('exit', reap));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const missing = error.code === 'ENOENT';
        reject(
          missing
            ? new Error('redis-server is not on PATH: install it (apt-get install redis-server)')
            : error,
        );
      });
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}:\n${output}`)));
    });
    failed.catch(() => undefined); // it ends at some time anyway
    const isReady = (): boolean | Promise<boolean> =>
      host === undefined ? answersPing(this.chosenPort) : output.includes('Ready to accept connections');
    await Promise.race([failed, eventually(isReady)]);
  }

  /** A connection of the spec's own; `stop` ends it, also when the spec failed before it could. */
  client(): Redis {
    const client = new Redis(this.url);
    client.on('error', () => undefined); // a server that ends is part of many a spec
    this.clients.push(client);
    return client;
  }

  /** Ends the server and its clients, and removes its folder. */
  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.disconnect();
    this.thaw();
    await this.end('SIGKILL');
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true });
    this.folder = '';
  }

  /** SIGKILL: nothing is flushed, the port is free afterwards. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the server in order, and starts it again on the same port. */
  async restart(): Promise<void> {
    await this.end('SIGTERM');
    await this.start();
  }

  /** SIGSTOP: connections stay open and nobody answers. */
  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      // An error is an answer too: a server with passwords says NOAUTH; one that loads is not ready.
      resolve(!data.toString().startsWith('-LOADING'));
    });
    socket.once('error', reject);
  });
}
