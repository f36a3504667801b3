import type { Clock, Timer } from '../../../nucleus/clock.js';
import { redisClients, type RedisClient } from '../../../nucleus/registry/redis-client.js';
import type { RedisTarget } from '../../../nucleus/registry/redis-target.js';
import { bounded } from '../../../nucleus/bounded.js';
import { LogAway } from '../durable-log.js';

const OPEN_MS = 4000;
const COMMAND_MS = 2000;
const CLOSE_MS = 1000;
/** Between attempts to connect, ms: doubled each time. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/**
 * Answers of a server that is there and of no use now; the next attempt may find it, or another, in order. Before Redis 7
 * what a script met with stands behind "ERR Error running script (call to …): @user_script:1: @user_script: 1: -".
 */
const NOT_NOW =
  /^(?:ERR Error running script.*: -)?(LOADING|READONLY|MASTERDOWN|NOREPLICAS|MISCONF|OOM|BUSY|UNBLOCKED|CLUSTERDOWN|TRYAGAIN|MOVED|ASK)\b/;

/**
 * One connection, made when it is first needed and again after any trouble. A command is sent once: when its
 * answer is lost, `run` rejects and says that it may have been carried out.
 */
export class RedisConnection {
  private client: RedisClient | undefined;
  private opening: Promise<RedisClient> | undefined;
  private closed = false;
  private pause = 0;
  private notBefore = -Infinity;
  private last: unknown;

  constructor(
    private readonly target: RedisTarget,
    private readonly clock: Clock,
    /** Called with the first connection, and each later one. */
    private readonly opened: (client: RedisClient) => void = () => undefined,
  ) {}

  /** Runs commands. @throws LogAway; or what Redis answered */
  async run<T>(use: (client: RedisClient) => Promise<T>, timeout = COMMAND_MS): Promise<T> {
    const client = this.client ?? (await this.open());
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.clock.after(timeout, () => reject(new Error(`no answer within ${timeout} ms`)));
    });
    try {
      return await Promise.race([use(client), late]);
    } catch (error) {
      const answered = error instanceof Error && error.name === 'ReplyError';
      if (answered && !NOT_NOW.test(error.message)) throw error;
      const isCluster = this.target.learn(error);
      this.discard(client, error);
      // Nothing was done, and now it is known whom to ask.
      if (isCluster) return await this.run(use, timeout);
      throw this.away(error, !answered);
    } finally {
      timer?.cancel();
    }
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.closed = true;
    await this.opening?.catch(() => undefined);
    const { client } = this;
    this.client = undefined;
    if (client === undefined || client.status === 'end') return;
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    client.disconnect();
    await bounded(this.clock, CLOSE_MS, ended);
  }

  private open(): Promise<RedisClient> {
    if (this.closed) return Promise.reject(new LogAway('the log is closed', false));
    if (this.opening === undefined && this.clock.now() < this.notBefore) {
      return Promise.reject(this.away(this.last, false));
    }
    this.opening ??= this.connect().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async connect(): Promise<RedisClient> {
    let client: RedisClient | undefined;
    try {
      client = (await redisClients(this.target))();
      const made = client;
      // "Connection is closed" says nothing; the cause is in the error event before it.
      made.on('error', (error: unknown) => void (this.last = error));
      made.on('end', () => this.discard(made, this.last));
      this.last = undefined;
      if (!(await bounded(this.clock, OPEN_MS, made.connect())))
        throw new Error(`no connection within ${OPEN_MS} ms`);
      if (this.closed) throw new Error('closed');
      this.client = made;
      this.pause = 0;
      this.opened(made);
      return made;
    } catch (error) {
      const cause = this.last ?? error;
      client?.disconnect();
      this.last = cause;
      this.pause = Math.min(LONGEST_PAUSE, this.pause === 0 ? FIRST_PAUSE : this.pause * 2);
      this.notBefore = this.clock.now() + this.pause;
      throw this.away(cause, false);
    }
  }

  private discard(client: RedisClient, error: unknown): void {
    this.last ??= error;
    if (this.client !== client) return;
    this.client = undefined;
    client.disconnect();
  }

  private away(cause: unknown, maybeDone: boolean): LogAway {
    return new LogAway(`${this.target.name}: ${this.target.describe(cause)}`, maybeDone, cause);
  }
}
