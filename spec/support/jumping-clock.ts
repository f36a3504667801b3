/**
 * Lets the wall clock of a process jump: loaded by `node --import`, at each SIGUSR2 to the next of `JUMPS`.
 * What is monotonic goes on, as it does when somebody sets a machine's clock.
 */
const RealDate = globalThis.Date;
const HOUR = 3_600_000;

/** Against the true time, ms. */
export const JUMPS: readonly number[] = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 0];

let offset = 0;

class JumpingDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [JumpingDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

/** Has the clock of this process differ by `ms` from the true one; 0 puts the true one back. */
export function jump(ms: number): void {
  offset = ms;
  globalThis.Date = ms === 0 ? RealDate : (JumpingDate as DateConstructor);
}

let turn = 0;
if (process.env.JUMPING_CLOCK === '1') {
  process.on('SIGUSR2', () => {
    const next = JUMPS[turn++ % JUMPS.length]!;
    jump(next);
    process.stdout.write(`jumped ${next}\n`);
  });
}
