import type { Dice } from './dice.js';
import type { Ask, Life } from './life.js';
import { A, ALARM, B, NEWS } from './services.js';
import type { World } from './world.js';

/** Makes the calls and publishes the events of one simulation, as `dice` say. */
export class Workload {
  private keys = 0;

  constructor(
    private readonly world: World,
    private readonly dice: Dice,
  ) {}

  /** Has whoever is up ask and publish, from `from` to `until`, on the world's clock, ms. */
  storm(from: number, until: number): void {
    for (const { name, service } of this.world.hosts) {
      const own = this.dice.fork(name);
      const asks = service === undefined ? own.between(40, 200) : own.between(150, 600);
      if (service === B) continue;
      this.every(from, until, own, asks, () => {
        const life = this.awake(name);
        if (life === undefined) return;
        const ask = this.anyAsk(own, service === A || own.chance(0.4) ? B : A);
        void life.ask(ask);
        if (ask.idempotencyKey !== undefined && ask.only !== undefined) this.askAgain(life, ask, own);
      });
      if (service !== A) continue;
      this.every(from, until, own, own.between(80, 400), () => {
        const life = this.awake(name);
        if (life !== undefined) this.publishAny(life, own);
      });
    }
    if (this.dice.chance(0.15)) this.burst(this.dice.between(from, until));
    if (this.dice.chance(0.2)) this.flood(this.dice.between(from, until));
  }

  /** Has everybody use everything, one thing after another, from `from` on: all of it must succeed. */
  calm(from: number): void {
    const { clock } = this.world;
    let at = from - clock.now();
    const next = (happen: () => void): void => {
      clock.after((at += 10), happen);
    };
    for (const life of this.world.up()) {
      const { service: own } = life.host;
      for (const service of own === undefined ? [A, B] : own === A ? [B] : []) {
        for (const what of ['plain', 'repeatable', 'narrow']) {
          next(() => void life.ask({ kind: 'req', service, what, takes: 2, timeout: 2000, calm: true }));
        }
        next(
          () =>
            void life.ask({
              kind: 'req',
              service,
              what: 'plain',
              takes: 1,
              timeout: 2000,
              calm: true,
              key: 'calm',
            }),
        );
        next(
          () => void life.ask({ kind: 'sig', service, what: 'poke', takes: 1, timeout: 2000, calm: true }),
        );
      }
      if (own !== A) continue;
      for (let count = 0; count < 2; count++) {
        next(() => life.publish(NEWS, 'group', 1, true));
        next(() => life.publish(ALARM, 'broadcast', 1, true));
      }
    }
  }

  /** The caller repeats what it has asked, as one does that did not see the answer. */
  private askAgain(life: Life, ask: Ask, dice: Dice): void {
    life.clock.after(dice.between(0, 2 * ask.takes + 20), () => void life.ask(ask));
  }

  private awake(host: string): Life | undefined {
    const life = this.world.lives.get(host);
    return life?.isUp === true && !life.clock.isFrozen ? life : undefined;
  }

  private every(from: number, until: number, dice: Dice, mean: number, happen: () => void): void {
    const { clock } = this.world;
    const next = (at: number): void => {
      if (at > until) return;
      clock.after(at - clock.now(), () => {
        happen();
        next(at + mean * dice.between(0.1, 1.9));
      });
    };
    next(from + dice.between(0, mean));
  }

  private anyAsk(dice: Dice, service: string): Ask {
    const takes = dice.chance(0.3) ? 0 : dice.chance(0.9) ? dice.between(1, 30) : dice.between(30, 400);
    const timeout = dice.chance(0.5) ? 2000 : dice.between(20, 1500);
    const base = { service, takes, timeout, ...(dice.chance(0.05) ? { fails: true } : {}) };
    const lives = this.world.up(service);
    const gone = dice.chance(0.3) ? this.world.departed(service) : undefined;
    const life = gone ?? (lives.length === 0 ? undefined : dice.pick(lives));
    switch (dice.whole(0, 9)) {
      case 0:
      case 1:
        return { ...base, kind: 'req', what: 'plain' };
      case 2:
        return { ...base, kind: 'req', what: 'repeatable' };
      case 3:
        return { ...base, kind: 'req', what: 'plain', idempotent: true };
      case 4:
        return {
          ...base,
          kind: 'req',
          what: 'plain',
          idempotencyKey: `once ${++this.keys}`,
          ...(life !== undefined && dice.chance(0.5) ? { only: life } : {}),
        };
      case 5:
        return { ...base, kind: 'req', what: 'plain', key: `key ${dice.whole(0, 2)}` };
      case 6:
        return { ...base, kind: 'sig', what: 'poke' };
      case 7:
        return { ...base, kind: 'req', what: 'plain', cancelAfter: dice.between(0, takes + 10) };
      case 8:
        return life === undefined
          ? { ...base, kind: 'req', what: 'narrow' }
          : { ...base, kind: 'req', what: 'plain', only: life };
      default:
        return service === A
          ? { ...base, kind: 'req', what: 'plain', asks: B }
          : { ...base, kind: 'req', what: 'narrow' };
    }
  }

  private publishAny(life: Life, dice: Dice): void {
    const takes = dice.chance(0.5) ? 0 : dice.between(0, 40);
    if (dice.chance(0.5)) life.publish(NEWS, 'group', takes);
    else life.publish(ALARM, 'broadcast', takes);
  }

  /** More calls at once than there are places for. */
  private burst(at: number): void {
    this.world.clock.after(at - this.world.clock.now(), () => {
      const [life] = this.world
        .up()
        .filter(({ host, clock }) => host.service === undefined && !clock.isFrozen);
      if (life === undefined) return;
      this.world.note({ type: 'fault', what: 'burst', on: life.name });
      for (let count = 0; count < 160; count++) {
        void life.ask({ kind: 'req', service: A, what: 'narrow', takes: 20, timeout: 3000 });
      }
    });
  }

  /** More events at once than may wait for a subscriber. */
  private flood(at: number): void {
    this.world.clock.after(at - this.world.clock.now(), () => {
      const life = this.world.up(A).find(({ clock }) => !clock.isFrozen);
      if (life === undefined) return;
      for (let count = 0; count < 40; count++) life.publish(ALARM, 'broadcast', 0, false, 'x'.repeat(150));
    });
  }
}
