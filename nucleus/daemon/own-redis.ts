import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bounded } from '../bounded.js';
import type { Clock, Timer } from '../clock.js';
import type { Logger } from '../logger.js';
import { processMark } from '../process-mark.js';
import { isCount, isObject, parseJson } from '../record-check.js';
import { redisCommand } from './redis-command.js';

export interface OwnRedisOptions {
  /** The executable, see `findRedis`. */
  readonly command: string;
  /** Its own folder: data, log, and who it is. Made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who the server of a folder is, for the nucleus that comes after one that was killed. */
interface Identity {
  readonly pid: number;
  /** See `processMark`. */
  readonly mark: string;
}

/**
 * A Redis that belongs to the nucleus: on loopback, a free port and a password of its own, append-only file on.
 * It is started again when it dies. It ends with the nucleus; one that outlived a killed nucleus is ended by the
 * next before its data is used.
 */
export class OwnRedis {
  private child: ChildProcess | undefined;
  private port = 0;
  private readonly password = randomBytes(24).toString('hex');
  private stopping = false;
  private retry: Timer | undefined;
  private retryMs = FIRST_RETRY_MS;
  /** It has answered since it was started. */
  private ready = false;
  private readonly file: string;

  constructor(private readonly options: OwnRedisOptions) {
    this.file = join(options.folder, 'redis.json');
  }

  /** With the password: not to be shown. */
  get url(): string {
    return `redis://:${this.password}@127.0.0.1:${this.port}`;
  }

  /** For people. */
  get name(): string {
    return `${this.options.command} on 127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves when it answers. @throws Error with its last words when it does not start */
  async start(): Promise<void> {
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    await this.endLeftOver();
    let failure: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Somebody else may take the port between the choice and its use.
      this.port = await freePort();
      try {
        this.launch();
        return await this.untilReady();
      } catch (error) {
        failure = error;
        await this.kill('SIGKILL');
      }
    }
    this.stopping = true;
    throw failure;
  }

  /** Ends it, and waits until it has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.retry?.cancel();
    await this.kill('SIGTERM');
    rmSync(this.file, { force: true });
  }

  private launch(): void {
    const { command, folder, logger } = this.options;
    const log = openSync(join(folder, 'redis.log'), 'w', 0o600);
    let child: ChildProcess;
    try {
      // The configuration comes by standard input: a password is not for the list of processes.
      child = spawn(command, ['-'], { cwd: folder, stdio: ['pipe', log, log] });
    } finally {
      closeSync(log);
    }
    this.child = child;
    this.ready = false;
    child.once('error', (err) => {
      logger.error({ err, command }, 'the own Redis cannot be started');
      // Then no exit is told of.
      if (child.pid === undefined && this.child === child) this.child = undefined;
    });
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.child = undefined;
      // Who waits for its first answer sees to it that it is tried again.
      if (this.stopping || !this.ready) return;
      logger.warn({ code, signal }, 'the own Redis has ended: starting it again');
      this.relaunchLater();
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(
      [
        'bind 127.0.0.1',
        `port ${this.port}`,
        `dir ${JSON.stringify(folder)}`,
        `requirepass ${this.password}`,
        'appendonly yes',
        'save ""',
        'daemonize no',
        'maxmemory-policy noeviction',
        '',
      ].join('\n'),
    );
    this.remember(child.pid);
  }

  private relaunchLater(): void {
    this.retry = this.options.clock.after(this.retryMs, () => void this.relaunch());
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }

  /** What is in the way, a full disk, no descriptor left, a program that is being replaced, may pass. */
  private async relaunch(): Promise<void> {
    try {
      this.launch();
      await this.untilReady();
      this.retryMs = FIRST_RETRY_MS;
    } catch (err) {
      if (this.stopping) return;
      const { logger } = this.options;
      logger.error({ err, inMs: this.retryMs }, 'the own Redis was not started again: trying once more');
      await this.kill('SIGKILL');
      if (!this.stopping) this.relaunchLater();
    }
  }

  private async untilReady(): Promise<void> {
    const { clock, folder } = this.options;
    const { child } = this;
    const end = clock.now() + READY_MS;
    for (;;) {
      if (this.child !== child || this.stopping || clock.now() > end) {
        throw new Error(`the own Redis does not start: ${lastWords(join(folder, 'redis.log'))}`);
      }
      const answer = await redisCommand(this.port, this.password, 'PING', clock).catch(() => '');
      if (answer === '+PONG' && this.child === child) break;
      await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
    }
    this.ready = true;
  }

  private async kill(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    if (await bounded(this.options.clock, END_MS, ended)) return;
    child.kill('SIGKILL');
    await ended;
  }

  private remember(pid: number | undefined): void {
    const mark = pid === undefined ? undefined : processMark(pid);
    if (pid === undefined || mark === undefined) return;
    const identity: Identity = { pid, mark };
    try {
      writeFileSync(this.file, JSON.stringify(identity), { mode: 0o600 });
    } catch (err) {
      this.options.logger.warn({ err }, 'who the own Redis is cannot be written down');
    }
  }

  /** Two servers on one append-only file would ruin it. @throws Error when the other cannot be ended */
  private async endLeftOver(): Promise<void> {
    const { clock, logger, folder } = this.options;
    const left = readIdentity(this.file);
    if (left === undefined || !isThere(left)) return;
    logger.info({ pid: left.pid }, 'ending the Redis that an earlier nucleus has left');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      tell(left.pid, signal);
      const end = clock.now() + END_MS;
      while (clock.now() < end) {
        await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve));
        if (!isThere(left)) return;
      }
    }
    throw new Error(
      `the Redis that an earlier nucleus has left in ${folder}, process ${left.pid}, does not end: end it`,
    );
  }
}

function isThere({ pid, mark }: Identity): boolean {
  return processMark(pid) === mark;
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended, or is another user's: what becomes of it is looked at.
  }
}

function readIdentity(file: string): Identity | undefined {
  let value: unknown;
  try {
    value = parseJson(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { pid, mark } = value;
  return isCount(pid) && pid > 1 && typeof mark === 'string' ? { pid, mark } : undefined;
}

function lastWords(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' / ');
  } catch {
    return 'it said nothing';
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ATTEMPTS = 3;
const READY_MS = 10_000;
const END_MS = 5000;
const LOOK_MS = 20;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;
