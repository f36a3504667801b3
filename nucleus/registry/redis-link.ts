import { bounded } from '../bounded.js';
import type { Clock } from '../clock.js';
import { redisClients, type RedisClient } from './redis-client.js';
import type { RedisTarget } from './redis-target.js';

/**
 * One connection to Redis for commands and one for the channel, which live and die together. It is used
 * until the first trouble (an error, a command unanswered for 2 s) and then thrown away.
 */
export class RedisLink {
  private clients: readonly RedisClient[] = [];
  private failure = new Error('not connected');
  private over = false;
  private readonly failed: Promise<never>;
  private reject: (error: Error) => void = () => undefined;

  constructor(
    private readonly target: RedisTarget,
    private readonly clock: Clock,
  ) {
    this.failed = new Promise((_, reject) => (this.reject = reject));
    this.failed.catch(() => undefined);
  }

  /** Connects both and listens to `channel`. Rejects when that takes longer than 4 s. */
  async open(channel: string, heard: (text: string) => void): Promise<void> {
    const create = await redisClients(this.target);
    if (this.over) throw this.failure;
    const [commands, subscriber] = [create(), create()];
    this.clients = [commands, subscriber];
    for (const client of this.clients) {
      let last: unknown;
      // "Connection is closed" says nothing; the cause is in the error event before it.
      client.on('error', (error: unknown) => void (last = error));
      client.on('end', () => this.fail(last ?? new Error('the connection was closed')));
    }
    subscriber.on('message', (_channel: string, text: string) => heard(text));
    await this.run(async () => {
      await Promise.all(this.clients.map((client) => client.connect()));
      await subscriber.subscribe(channel);
    }, OPEN_MS);
  }

  /** Runs commands; rejects, and ends the link, when they fail or take longer than 2 s. */
  async run<T>(use: (commands: RedisClient) => Promise<T>, timeout = COMMAND_MS): Promise<T> {
    const [commands] = this.clients;
    if (this.over || commands === undefined) throw this.failure;
    const timer = this.clock.after(timeout, () => this.fail(new Error(`no answer within ${timeout} ms`)));
    try {
      return await Promise.race([use(commands), this.failed]);
    } catch (error) {
      // When the connection went, the first cause says more than the command's own error.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.fail(error);
      throw this.failure;
    } finally {
      timer.cancel();
    }
  }

  /** Resolves after `ms`; rejects as soon as the link fails. */
  async wait(ms: number): Promise<void> {
    await bounded(this.clock, ms, this.failed);
  }

  /** Ends the link: whatever waits on it rejects with `error`. */
  fail(error: unknown): void {
    if (this.over) return;
    this.over = true;
    this.failure = error instanceof Error ? error : new Error(String(error));
    this.reject(this.failure);
  }

  /** Resolves when both connections are gone, after a second in any case. */
  async close(): Promise<void> {
    this.fail(new Error('closed'));
    const ended = Promise.all(
      this.clients.map(async (client) => {
        if (client.status === 'end') return;
        const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
        client.disconnect();
        await ended;
      }),
    );
    await bounded(this.clock, CLOSE_MS, ended);
  }
}

const OPEN_MS = 4000;
const COMMAND_MS = 2000;
const CLOSE_MS = 1000;
