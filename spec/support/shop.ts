import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownNetwork, Program } from './process.js';

/** What orders notes of an instance that it sends to; times in ms on the machine's monotonic clock. */
export interface PeerNote {
  readonly instance: string;
  readonly services: readonly string[];
  readonly routable: boolean;
  readonly sent: number;
  readonly lastSentAt?: number;
}

export interface OrdersNote {
  readonly at: number;
  readonly peers: readonly PeerNote[];
}

/** A request that a stock has run. */
export interface StockNote {
  readonly at: number;
  readonly orderId: string;
  /** What was left of its deadline, ms. */
  readonly remaining: number;
}

/** The clock of the notes. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The shop as it is started by `npm start`, and what its processes noted. */
export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'atom-shop-'));
  readonly env: NodeJS.ProcessEnv;
  readonly program: Program;

  constructor(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
    this.env = { ...ownNetwork(), SHOP_LOG: this.folder, ...env };
    this.program = new Program('samples/shop/main.js', { args, env: this.env });
  }

  /** One more stock that joins from outside. */
  addStock(name: string): Program {
    return new Program('samples/shop/stock.js', { env: { ...this.env, SHOP_NAME: name } });
  }

  /** The notes of one process; what it is writing just now is left out. */
  notes<T>(name: string): T[] {
    const file = join(this.folder, `${name}.jsonl`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as T);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The last that was noted of sends to an instance, and when it was first not routable after `since`. */
export function historyOf(notes: readonly OrdersNote[], instance: string, since = 0) {
  let lastSentAt: number | undefined;
  let outAt: number | undefined;
  for (const { at, peers } of notes) {
    const peer = peers.find((one) => one.instance === instance);
    lastSentAt = peer?.lastSentAt ?? lastSentAt;
    if (at > since && outAt === undefined && peer?.routable !== true) outAt = at;
  }
  return { lastSentAt, outAt };
}
