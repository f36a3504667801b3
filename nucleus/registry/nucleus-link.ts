import { bounded } from '../bounded.js';
import type { Clock, Timer } from '../clock.js';
import { knock } from './knock.js';
import { decodeNucleus, encodeNucleus, type ClientMessage, type NucleusMessage } from './nucleus-layout.js';
import { connectNucleus, type NucleusSocket } from './nucleus-sockets.js';

/**
 * One connection to a nucleus, used until the first trouble (it ends, or says nothing when it should) and then
 * thrown away. What is said before it is open is lost.
 */
export class NucleusLink {
  /** Resolves when all that there is has been told. */
  readonly whole: Promise<void>;
  private socket: NucleusSocket | undefined;
  private readonly queue: string[] = [];
  private queuedBytes = 0;
  private sending: Promise<void> | undefined;
  private over = false;
  private readonly knocking = new AbortController();
  private readonly failed: Promise<never>;
  private reject: (error: Error) => void = () => undefined;
  private isWhole: () => void = () => undefined;
  private patience: Timer | undefined;

  constructor(
    private readonly endpoint: string,
    private readonly clock: Clock,
    private readonly heard: (message: NucleusMessage) => void,
  ) {
    this.failed = new Promise((_, reject) => (this.reject = reject));
    this.failed.catch(() => undefined);
    const whole = new Promise<void>((resolve) => (this.isWhole = resolve));
    this.whole = Promise.race([whole, this.failed]);
    this.whole.catch(() => undefined);
  }

  /** Knocks, which costs next to nothing where nobody is, and then connects. Rejects within 4 s. */
  async open(): Promise<void> {
    await Promise.race([knock(this.endpoint, this.clock, ANSWER_MS, this.knocking.signal), this.failed]);
    if (this.over) await this.failed;
    this.expectAnswer();
    let up = (): void => undefined;
    const connected = new Promise<void>((resolve) => (up = resolve));
    this.socket = connectNucleus(this.endpoint, {
      up: () => {
        this.expectAnswer();
        up();
      },
      heard: (text) => this.take(text),
      ended: () => this.end('the connection was closed'),
    });
    await Promise.race([connected, this.failed]);
  }

  say(message: ClientMessage): void {
    if (this.over || this.socket === undefined) return;
    const text = encodeNucleus(message);
    this.queue.push(text);
    this.queuedBytes += text.length;
    if (this.queuedBytes > MAX_QUEUED) this.end('the nucleus does not read');
    else this.sending ??= this.pump(this.socket);
  }

  /** Asks for a sign of life: without one the link ends 2 s later. */
  ask(): void {
    this.say({ do: 'ping' });
    this.patience ??= this.clock.after(ANSWER_MS, () => this.end(`no answer within ${ANSWER_MS} ms`));
  }

  /** Resolves when what was said is on its way, or after `ms`. */
  async settled(ms: number): Promise<void> {
    await bounded(this.clock, ms, Promise.race([this.sending ?? Promise.resolve(), this.failed])).catch(
      () => undefined,
    );
  }

  /** Resolves after `ms`; rejects as soon as the link ends. */
  async wait(ms: number): Promise<void> {
    await bounded(this.clock, ms, this.failed);
  }

  /** Ends it: whatever waits on it rejects with `reason`. Harmless when repeated. */
  end(reason: string): void {
    if (this.over) return;
    this.over = true;
    this.knocking.abort();
    this.patience?.cancel();
    this.reject(new Error(reason));
    this.socket?.close();
  }

  private take(text: string): void {
    this.patience?.cancel();
    this.patience = undefined;
    const message = decodeNucleus(text);
    if (message === undefined || this.over) return;
    this.heard(message);
    if (message.is === 'pong') {
      // It has forgotten this client: too slow, or too long unheard.
      if (!message.watching) this.end('the nucleus has cut the connection off');
    } else if (message.is === 'page') {
      if (message.more) {
        this.say({ do: 'more' });
        this.expectAnswer();
      } else this.isWhole();
    }
  }

  private expectAnswer(): void {
    this.patience?.cancel();
    this.patience = this.clock.after(ANSWER_MS, () => this.end(`no answer within ${ANSWER_MS} ms`));
  }

  private async pump(socket: NucleusSocket): Promise<void> {
    for (let text = this.queue[0]; text !== undefined && !this.over; text = this.queue[0]) {
      const result = await socket.send(text);
      if (result === 'gone') return this.end('the connection was closed');
      if (result === 'blocked') {
        await this.wait(BLOCKED_MS).catch(() => undefined);
        continue;
      }
      this.queue.shift();
      this.queuedBytes -= text.length;
    }
    this.sending = undefined;
  }
}

const ANSWER_MS = 2000;
const BLOCKED_MS = 20;
const MAX_QUEUED = 8 * 1024 * 1024;
