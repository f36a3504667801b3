import { createHash } from 'node:crypto';
import { check, type Violation } from './checker.js';
import { Dice } from './dice.js';
import { type Entry, entriesOf, type History } from './history.js';
import type { Life } from './life.js';
import { FAULTS_UNTIL, unleash } from './nemesis.js';
import { A, B } from './services.js';
import { Workload } from './workload.js';
import type { HostPlan } from './surroundings.js';
import { World } from './world.js';

export interface Report {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly history: History;
}

const HOSTS: readonly HostPlan[] = [
  { name: 'a1', service: A, port: 7101 },
  { name: 'a2', service: A, port: 7103 },
  { name: 'a3', service: A, port: 7105 },
  { name: 'b1', service: B, port: 7107 },
  { name: 'b2', service: B, port: 7109 },
  { name: 'c1', service: undefined, port: 7111 },
  { name: 'c2', service: undefined, port: 7113 },
];

/** From the last fault's end until everything must succeed again, ms. */
export const RECOVERY = 5000;
/** What the calm takes, ms. */
const CALM = 1500;
/** What closing may take, ms. */
const CLOSING = 15_000;

/** One run of the whole mesh, in virtual time; the same for the same seed. */
export async function simulate(seed: number): Promise<Report> {
  const dice = new Dice(String(seed));
  const world = new World(dice, HOSTS);
  const { clock } = world;
  const births = dice.fork('births');
  for (const host of HOSTS) clock.after(births.between(0, 1000), () => world.start(host));
  const workload = new Workload(world, dice.fork('workload'));
  workload.storm(200, FAULTS_UNTIL);
  unleash(world, dice.fork('nemesis'));
  await world.run(FAULTS_UNTIL);
  for (const host of HOSTS) world.bringUp(host);
  workload.calm(FAULTS_UNTIL + RECOVERY);
  await world.run(FAULTS_UNTIL + RECOVERY + CALM);
  await untilEjectionsEnd(world);
  const lives = world.up();
  for (const life of lives) noteRest(world, life);
  for (const life of lives) world.stop(life);
  await world.run(clock.now() + CLOSING);
  for (const { name: on, clock: own } of lives) world.note({ type: 'left', life: on, timers: own.pending });
  const { history } = world;
  return { seed, violations: check(history), history };
}

async function untilEjectionsEnd(world: World): Promise<void> {
  const ends = entriesOf(world.history, 'eject').map(({ until }) => until);
  const last = Math.max(...ends, 0) + 1000;
  if (last > world.clock.now()) await world.run(last);
}

function noteRest(world: World, life: Life): void {
  const { app, name } = life;
  const { inFlight, peers } = app.status();
  const own = world.up().filter((other) => other !== life && other.host.service !== undefined);
  world.note({
    type: 'rest',
    life: name,
    hears: life.host.service === B,
    running: inFlight,
    pending: peers.reduce((sum, peer) => sum + peer.inFlight, 0),
    knows: app.client
      .services()
      .flatMap(({ instances }) => instances)
      .filter(({ state }) => state === 'routable')
      .map(({ id }) => world.nameOf(id))
      .sort(),
    exist: own.map((other) => other.name).sort(),
    ejected: peers
      .filter(({ breaker }) => breaker === 'ejected')
      .map(({ instance }) => world.nameOf(instance)),
  });
}

/** Of a history: equal histories have equal ones. */
export function digestOf(history: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const entry of history) hash.update(JSON.stringify(entry));
  return hash.digest('hex').slice(0, 16);
}
