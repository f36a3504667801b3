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

/** One line of what a process noted. */
interface Note {
  readonly at: number;
  /** Of orders: those that it sends to. */
  readonly peers?: readonly PeerNote[];
  /** Of a stock, when it starts. */
  readonly instance?: string;
  readonly pid?: number;
  /** Of a request that was run, with what was left of its deadline, ms. */
  readonly orderId?: string;
  readonly remaining?: number;
}

export interface Run {
  readonly at: number;
  readonly orderId: string;
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

  /** The instance and the pid of a stock; undefined until it has started. */
  stock(name: string): { readonly instance: string; readonly pid: number } | undefined {
    const { instance, pid } = this.notes(name).find((note) => note.instance !== undefined) ?? {};
    return instance === undefined || pid === undefined ? undefined : { instance, pid };
  }

  /** The requests that a process has run. */
  runs(name: string): Run[] {
    return this.notes(name).flatMap(({ at, orderId, remaining }) =>
      orderId === undefined ? [] : [{ at, orderId, remaining: remaining ?? 0 }],
    );
  }

  /** How orders has seen one instance over time; undefined where it did not know it. */
  sightings(instance: string): { readonly at: number; readonly peer: PeerNote | undefined }[] {
    return this.notes('orders').flatMap(({ at, peers }) =>
      peers === undefined ? [] : [{ at, peer: peers.find((peer) => peer.instance === instance) }],
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What a process has noted; a line that it is just writing is left out. */
  private notes(name: string): Note[] {
    const file = join(this.folder, `${name}.jsonl`);
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Note);
  }
}
