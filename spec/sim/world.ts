import { FakeClock } from '../../lib/testing/fake-clock.js';
import { MemoryNetwork } from '../../lib/transport/memory/memory-network.js';
import type { Dice } from './dice.js';
import type { Entry, Note } from './history.js';
import { Life } from './life.js';
import { SimHub } from './sim-registry.js';
import type { HostPlan, Surroundings } from './surroundings.js';

/** One way through the network, ms. */
const FASTEST = 0.1;
const SLOWEST = 1.5;

/** Everything there is: hosts, the network between them, the registry, and what has happened. */
export class World implements Surroundings {
  readonly clock = new FakeClock();
  readonly history: Entry[] = [];
  readonly network: MemoryNetwork;
  readonly hub: SimHub;
  /** The present life of each host; undefined while it is down. */
  readonly lives = new Map<string, Life | undefined>();
  /** Extra time on the way between two hosts, ms, by `from to`. */
  readonly slow = new Map<string, number>();
  /** Lives that were asked to leave; true: another one follows at once. */
  private readonly leaving = new Map<Life, boolean>();
  private readonly byId = new Map<string, Life>();
  private readonly births = new Map<string, number>();
  private readonly ways = new Map<string, number>();
  private readonly weather: Dice;
  private lastId = 0;

  constructor(
    private readonly dice: Dice,
    readonly hosts: readonly HostPlan[],
  ) {
    this.weather = dice.fork('weather');
    this.network = new MemoryNetwork({ schedule: (deliver, from, to) => this.carry(deliver, from, to) });
    this.hub = new SimHub(this.clock, (instance) =>
      this.note({ type: 'fault', what: 'lease-lost', on: this.nameOf(instance) }),
    );
  }

  note(entry: Note): void {
    this.history.push({ at: Math.round(this.clock.now() * 1000) / 1000, ...entry });
  }

  nextId(): number {
    return ++this.lastId;
  }

  nameOf(instance: string): string {
    return this.byId.get(instance)?.name ?? instance;
  }

  /** Those that are up. */
  up(service?: string): Life[] {
    return [...this.lives.values()].filter(
      (life): life is Life => life?.isUp === true && (service === undefined || life.host.service === service),
    );
  }

  /** The last of a service that has gone. */
  departed(service: string): Life | undefined {
    return [...this.byId.values()].findLast(({ host, clock }) => host.service === service && clock.isDead);
  }

  /** Starts a process on a host that is down. */
  start(host: HostPlan): void {
    if (this.lives.get(host.name) !== undefined) return;
    const birth = (this.births.get(host.name) ?? 0) + 1;
    this.births.set(host.name, birth);
    const name = `${host.name}.${birth}`;
    const life = new Life(this, host, name, this.dice.fork(name));
    this.byId.set(life.id, life);
    this.lives.set(host.name, life);
    void life.start();
  }

  crash(life: Life): void {
    this.lives.set(life.host.name, undefined);
    void life.crash();
  }

  /** Asks a process to leave; its host is down once it has, but for one that `bringUp` wants. */
  stop(life: Life): void {
    this.leaving.set(life, false);
    void life.stop().then(() => {
      if (this.lives.get(life.host.name) !== life) return;
      this.lives.set(life.host.name, undefined);
      if (this.leaving.get(life) === true) this.start(life.host);
    });
  }

  /** Starts a process on a host that is down, or on one that is leaving as soon as it has left. */
  bringUp(host: HostPlan): void {
    const life = this.lives.get(host.name);
    if (life === undefined) this.start(host);
    else if (this.leaving.has(life)) this.leaving.set(life, true);
  }

  heard(from: string, to: string, sentAt: number): void {
    const offset = this.byId.get(from)?.clock.offset;
    if (offset === undefined) return;
    const took = this.clock.now() - (sentAt - offset);
    const way = `${from} ${to}`;
    this.ways.set(way, Math.min(this.ways.get(way) ?? Infinity, took));
  }

  forgetWay(from: string, to: string): void {
    this.ways.delete(`${from} ${to}`);
  }

  slack(from: string, to: string): number {
    return this.ways.get(`${from} ${to}`) ?? 0;
  }

  /** Lets everything happen that happens until `end`, on the world's clock. */
  async run(end: number): Promise<void> {
    await turn();
    while (this.clock.step(end)) await turn();
    await this.clock.advance(Math.max(0, end - this.clock.now()));
  }

  private carry(deliver: () => void, from: string, to: string): void {
    const [sender, receiver] = [this.byId.get(from), this.byId.get(to)];
    if (sender === undefined || receiver === undefined) throw new Error(`nobody knows ${from} or ${to}`);
    const extra = this.slow.get(`${sender.host.name} ${receiver.host.name}`) ?? 0;
    const ms = this.weather.between(FASTEST, SLOWEST) + extra * this.weather.between(0.5, 1);
    this.clock.after(ms, () => receiver.clock.run(deliver));
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
