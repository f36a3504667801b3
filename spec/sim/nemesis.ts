import type { Dice } from './dice.js';
import type { Life } from './life.js';
import type { World } from './world.js';

/** When faults begin at the earliest, and when all of them are over at the latest, on the world's clock, ms. */
export const FAULTS_FROM = 1200;
export const FAULTS_UNTIL = 6000;

type Fault = (world: World, dice: Dice) => (() => void) | undefined;

/** Two lives that are up, one of which serves; undefined when there are none. */
function two(world: World, dice: Dice): [Life, Life] | undefined {
  const up = world.up();
  const serving = up.filter(({ host }) => host.service !== undefined);
  if (serving.length === 0 || up.length < 2) return undefined;
  const one = dice.pick(serving);
  return [one, dice.pick(up.filter((life) => life !== one))];
}

/** What the nemesis can do. Each begins a fault and gives what ends it. */
const FAULTS: Readonly<Record<string, Fault>> = {
  crash(world, dice) {
    const up = world.up();
    if (up.length === 0) return undefined;
    const life = dice.pick(up);
    world.crash(life);
    // Sometimes another has its port at once.
    if (dice.chance(0.4)) world.clock.after(dice.between(0, 5), () => world.start(life.host));
    return () => world.start(life.host);
  },
  stop(world, dice) {
    const up = world.up('@sim/a').concat(world.up('@sim/b'));
    if (up.length === 0) return undefined;
    const life = dice.pick(up);
    world.stop(life);
    return () => world.start(life.host);
  },
  freeze(world, dice) {
    const up = world.up();
    if (up.length === 0) return undefined;
    const life = dice.pick(up);
    life.freeze();
    return () => life.thaw();
  },
  partition(world, dice) {
    const pair = two(world, dice);
    if (pair === undefined) return undefined;
    const [a, b] = pair;
    world.note({ type: 'fault', what: 'partition', on: a.name, other: b.name });
    world.network.partition(a.id, b.id);
    return () => heal(world, a, b);
  },
  block(world, dice) {
    const pair = two(world, dice);
    if (pair === undefined) return undefined;
    const [from, to] = dice.chance(0.5) ? pair : [pair[1], pair[0]];
    world.note({ type: 'fault', what: 'block', on: from.name, other: to.name });
    world.network.block(from.id, to.id);
    return () => heal(world, from, to);
  },
  cut(world, dice) {
    const pair = two(world, dice);
    if (pair === undefined || pair.some(({ clock }) => clock.isFrozen)) return undefined;
    const [a, b] = pair;
    world.note({ type: 'fault', what: 'cut', on: a.name, other: b.name });
    world.network.cut(a.id, b.id);
    for (let again = 0; again < dice.whole(0, 10); again++) {
      world.clock.after(dice.between(0, 1000), () => {
        if (!a.clock.isFrozen && !b.clock.isFrozen) world.network.cut(a.id, b.id);
      });
    }
    return () => {};
  },
  slow(world, dice) {
    const pair = two(world, dice);
    if (pair === undefined) return undefined;
    const [a, b] = pair;
    const extra = dice.between(20, 300);
    world.note({ type: 'fault', what: 'slow', on: a.name, other: b.name });
    for (const [from, to] of [pair, [b, a] as const])
      world.slow.set(`${from.host.name} ${to.host.name}`, extra);
    return () => {
      world.slow.delete(`${a.host.name} ${b.host.name}`);
      world.slow.delete(`${b.host.name} ${a.host.name}`);
    };
  },
  registry(world) {
    world.note({ type: 'fault', what: 'registry-down' });
    world.hub.goAway();
    return () => {
      world.note({ type: 'fault', what: 'registry-up' });
      world.hub.comeBack();
    };
  },
};

function heal(world: World, a: Life, b: Life): void {
  world.note({ type: 'fault', what: 'heal', on: a.name, other: b.name });
  world.network.heal(a.id, b.id);
}

const KINDS = Object.keys(FAULTS);

/** Has faults happen as `dice` say; at `FAULTS_UNTIL` the last one is over. */
export function unleash(world: World, dice: Dice): void {
  // Sometimes nothing but what must not be noticed.
  const kinds = dice.chance(0.15) ? ['stop'] : KINDS;
  const count = dice.whole(0, 5);
  for (let fault = 0; fault < count; fault++) {
    const kind = dice.pick(kinds);
    const at = dice.between(FAULTS_FROM, FAULTS_UNTIL - 1000);
    // Both what ends before anybody notices, and what does not.
    const ms = dice.chance(0.5) ? dice.between(50, 1500) : dice.between(1500, 5500);
    const own = dice.fork(`fault ${fault}`);
    world.clock.after(at, () => {
      const end = FAULTS[kind]!(world, own);
      if (end !== undefined) world.clock.after(Math.min(ms, FAULTS_UNTIL - 1 - at), end);
    });
  }
  world.clock.after(FAULTS_UNTIL, () => world.note({ type: 'fault', what: 'over' }));
}
