import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeHosts, type Host, type Hosts } from '../support/hosts.js';
import { ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import { type ClientHistory, join, readServer, type ServerHistory } from './history.js';
import { monotonic } from './programs/common.js';
import type { ClientOptions } from './programs/client.js';
import type { ServerOptions } from './programs/server.js';
import type { Size } from './scenario.js';

const PROGRAMS = 'spec/chaos/programs';
/** How often the memory of the processes is looked at, ms. */
const LOOK = 250;
/** Bytes of a page of memory. */
const PAGE = 4096;

/** Where a program runs, and with what in its environment. */
export interface Place {
  readonly host?: Host | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** A process of a scenario, whose memory is watched. */
export class Actor {
  /** Bytes that it occupies, most since `forget`. */
  peak = 0;

  constructor(readonly program: Program) {}

  /** Bytes that it occupies now; 0 when it has ended. */
  memory(): number {
    try {
      return Number(readFileSync(`/proc/${this.program.pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
    } catch {
      return 0;
    }
  }
}

export class Server extends Actor {
  constructor(
    program: Program,
    readonly name: number,
    readonly file: string,
    /** Empty for one that waits. */
    readonly instance: string,
    readonly endpoint: string,
  ) {
    super(program);
  }
}

export class Client extends Actor {
  constructor(
    program: Program,
    private readonly file: string,
  ) {
    super(program);
  }

  /** Begins the load, or changes it. */
  go(rate: number): void {
    this.program.write(`go ${rate}`);
  }

  /** Ends the load, and gives the history when all is settled. */
  async stop(): Promise<ClientHistory> {
    this.program.write('stop');
    await this.program.line(/^stopped/, 60_000);
    return JSON.parse(readFileSync(this.file, 'utf8')) as ClientHistory;
  }
}

/** Everything that one run of a scenario starts, and what it leaves behind. */
export class Scene {
  readonly random: () => number;
  private readonly folder = mkdtempSync(path(tmpdir(), 'atom-chaos-'));
  private readonly env = ownNetwork();
  private readonly actors: Actor[] = [];
  private readonly servers: Server[] = [];
  private readonly stores: RedisFixture[] = [];
  private readonly watch: NodeJS.Timeout;
  private network: Hosts | undefined;
  private made = 0;
  /** Where it ran, in words. */
  on = 'loopback';

  constructor(
    readonly size: Size,
    seed: number,
  ) {
    this.random = seeded(seed);
    this.watch = setInterval(() => {
      for (const actor of this.actors) actor.peak = Math.max(actor.peak, actor.memory());
    }, LOOK);
  }

  /** Now, ms. */
  get now(): number {
    return monotonic();
  }

  seconds(count: number): Promise<void> {
    return sleep(count * 1000);
  }

  /** One of them, by the seed. */
  anyOf<T>(all: readonly T[]): T {
    return all[Math.floor(this.random() * all.length)]!;
  }

  /** So many hosts on one switch. */
  hosts(count: number): Hosts {
    this.network = makeHosts(count);
    this.on = this.network.kind;
    return this.network;
  }

  file(name: string): string {
    return path(this.folder, name);
  }

  /** A Redis that ends with the scene; not started yet. */
  redis(options: ConstructorParameters<typeof RedisFixture>[0] = {}): RedisFixture {
    const redis = new RedisFixture(options);
    this.stores.push(redis);
    return redis;
  }

  start(program: string, options: unknown, { host, env }: Place = {}): Program {
    return new Program(`${PROGRAMS}/${program}.js`, {
      args: [JSON.stringify(options)],
      prefix: host?.prefix ?? [],
      env: {
        ...this.env,
        ATOM_LOG_LEVEL: 'silent',
        ...(host === undefined ? {} : { ATOM_HOST: host.address, ATOM_INSECURE: 'true' }),
        ...env,
      },
    });
  }

  async server(options: Partial<ServerOptions> = {}, place: Place = {}): Promise<Server> {
    const name = this.made++;
    const file = this.file(`server-${name}`);
    const program = this.start('server', { name, file, ...options }, place);
    const line = await program.line(options.wait === true ? /^waits/ : /^instance /, 30_000);
    const [, instance = '', endpoint = ''] = line.split(' ');
    const server = new Server(program, name, file, instance, endpoint);
    this.servers.push(server);
    this.actors.push(server);
    return server;
  }

  /** Is there when it knows its servers and is warm. */
  async client(options: Omit<ClientOptions, 'file'>, place: Place = {}): Promise<Client> {
    const file = this.file(`client-${this.made++}`);
    const client = new Client(this.start('client', { file, ...options }, place), file);
    this.actors.push(client);
    await client.program.line(/^ready/, 40_000);
    return client;
  }

  /** What the memory of all grew to since `forgetMemory`, most of any one, in MB. */
  forgetMemory(): () => number {
    const before = new Map(this.actors.map((actor) => [actor, actor.memory()]));
    for (const actor of this.actors) actor.peak = 0;
    return () => Math.max(...[...before].map(([{ peak }, was]) => (peak - was) / 1024 ** 2));
  }

  /** What all servers noted so far. */
  noted(): ServerHistory {
    return join(this.servers.map(({ name, file }) => readServer(name, read(file))));
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await Promise.all(this.actors.map(({ program }) => end(program)));
    await Promise.all(this.stores.map((store) => store.stop()));
    this.network?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function end(program: Program): Promise<void> {
  program.signal('SIGCONT');
  program.signal('SIGKILL');
  await program.ended;
}
