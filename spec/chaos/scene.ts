import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeHosts, type Host, type Hosts } from '../support/hosts.js';
import { ownNetwork, Program } from '../support/process.js';
import { RedisFixture } from '../support/redis.js';
import { seeded } from '../support/seeded.js';
import {
  type ClientHistory,
  join,
  type PublisherHistory,
  readServer,
  readSubscriber,
  type SubscriberHistory,
  type ServerHistory,
} from './history.js';
import { monotonic } from './programs/common.js';
import type { ClientOptions } from './programs/client.js';
import type { PublisherOptions } from './programs/publisher.js';
import type { ServerOptions } from './programs/server.js';
import type { SubscriberOptions } from './programs/subscriber.js';
import { Marks } from './marks.js';
import type { Size } from './size.js';

const PROGRAMS = 'spec/chaos/programs';
/** How often the memory of the processes is looked at, ms. */
const LOOK = 250;
/** Bytes of a page of memory. */
const PAGE = 4096;

/** Where a program runs, and with what in its environment. */
export interface Place {
  readonly host?: Host | undefined;
  readonly env?: NodeJS.ProcessEnv;
  /** Lets the other programs go first. */
  readonly yielding?: boolean;
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

  /** Has one that waits listen; gives it as it is then. */
  async listen(): Promise<Server> {
    this.program.write('listen');
    return Server.told(this.program, this.name, this.file, await this.program.line(/^instance /));
  }

  static told(program: Program, name: number, file: string, line: string): Server {
    const [, instance = '', endpoint = ''] = line.split(' ');
    return new Server(program, name, file, instance, endpoint);
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

/** One that publishes; its history comes when it is stopped. */
export class PublisherActor extends Actor {
  constructor(
    program: Program,
    private readonly file: string,
  ) {
    super(program);
  }

  go(rate: number, count = Infinity): void {
    this.program.write(`go ${rate} ${count}`);
  }

  async stop(): Promise<PublisherHistory> {
    this.program.write('stop');
    await this.program.line(/^stopped/, 40_000);
    return JSON.parse(readFileSync(this.file, 'utf8')) as PublisherHistory;
  }
}

/** One that hears events, and notes them. */
export class SubscriberActor extends Actor {
  constructor(
    program: Program,
    private readonly file: string,
  ) {
    super(program);
  }

  noted(): SubscriberHistory {
    return readSubscriber(read(this.file));
  }
}

/** Everything that one run of a scenario starts, and what it leaves behind. */
export class Scene {
  readonly random: () => number;
  private readonly folder = mkdtempSync(path(tmpdir(), 'atom-chaos-'));
  private readonly env = ownNetwork();
  private readonly actors: Actor[] = [];
  private readonly servers: Server[] = [];
  private readonly ends: (() => Promise<void>)[] = [];
  private readonly watch: NodeJS.Timeout;
  private network: Hosts | undefined;
  private made = 0;
  /** Where it ran, in words. */
  on = 'loopback';

  constructor(
    readonly size: Size,
    seed: number,
    /** How many times as long as the pass marks say things may take here. */
    readonly slack = 1,
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

  readonly seconds = (count: number): Promise<void> => sleep(count * 1000);

  /** Of this run. */
  marks(): Marks {
    return new Marks(this.slack);
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

  /** Takes a program into the scene: it ends with it. */
  adopt(program: Program): Actor {
    const actor = new Actor(program);
    this.actors.push(actor);
    return actor;
  }

  /** Calls `end` when the scene is over. */
  onClose(end: () => Promise<void>): void {
    this.ends.push(end);
  }

  /** A Redis that ends with the scene; not started yet. */
  redis(options: ConstructorParameters<typeof RedisFixture>[0] = {}): RedisFixture {
    const redis = new RedisFixture(options);
    this.onClose(() => redis.stop());
    return redis;
  }

  start(program: string, options: unknown, { host, env, yielding = false }: Place = {}): Program {
    return new Program(`${PROGRAMS}/${program}.js`, {
      args: [JSON.stringify(options)],
      prefix: [...(host?.prefix ?? []), ...(yielding ? ['nice', '-n', '10'] : [])],
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
    const server = Server.told(program, name, file, line);
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

  async publisher(options: Omit<PublisherOptions, 'file'>, place: Place = {}): Promise<PublisherActor> {
    const file = this.file(`publisher-${this.made++}`);
    const publisher = new PublisherActor(this.start('publisher', { file, ...options }, place), file);
    this.actors.push(publisher);
    await publisher.program.line(/^ready/, 40_000);
    return publisher;
  }

  async subscriber(options: Partial<SubscriberOptions> = {}, place: Place = {}): Promise<SubscriberActor> {
    const name = this.made++;
    const file = this.file(`subscriber-${name}`);
    const subscriber = new SubscriberActor(this.start('subscriber', { name, file, ...options }, place), file);
    this.actors.push(subscriber);
    await subscriber.program.line(/^instance /, 30_000);
    return subscriber;
  }

  /** What the memory of all grew to since `forgetMemory`, most of any one, in MB. */
  forgetMemory(actors: readonly Actor[] = this.actors): () => number {
    const before = new Map(actors.map((actor) => [actor, actor.memory()]));
    for (const actor of actors) actor.peak = 0;
    return () => Math.max(...[...before].map(([{ peak }, was]) => (peak - was) / 1024 ** 2));
  }

  /** What all servers noted so far. */
  noted(): ServerHistory {
    return join(this.servers.map(({ name, file }) => readServer(name, read(file))));
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    await Promise.all(this.actors.map(({ program }) => end(program)));
    await Promise.all(this.ends.map((end) => end()));
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
