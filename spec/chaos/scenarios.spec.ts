import { expect } from 'chai';
import { canCut, runScenario } from './run.js';
import { FULL, type Size } from './size.js';
import { SCENARIOS } from './scenarios/all.js';
import { table } from './table.js';

/** Requests a second, and seconds, that leave the machine to the other specs. */
const short = (before: number, during: number, after: number): Size => ({ rate: 300, before, during, after });
const SHORT: Readonly<Record<string, Size>> = {
  'kill-plain': short(1, 0, 1.5),
  // It takes two seconds until what stands still is given up.
  'freeze-plain': short(1, 4, 2),
  rolling: short(1, 1, 1),
  takeover: short(1, 0, 1.5),
  'partition-full': short(1, 4, 2),
};
const whole = Number(process.env.ATOM_SPEC_SCALE ?? 1) > 1;
/** The pass marks' times are for a machine that has nothing else to do. */
const SLACK = 3;
const SEED = 1;

describe(`chaos, ${whole ? 'in full' : 'in short'}`, function () {
  this.timeout(180_000);

  for (const scenario of SCENARIOS) {
    const { name, faults, passMark, apart } = scenario;
    const size = whole && name in SHORT ? FULL : SHORT[name];
    if (size === undefined) continue;
    if (apart === true && !canCut()) {
      console.log(`    without ${name}: network namespaces are not allowed here`);
      continue;
    }
    it(`${name}, ${faults(size)}: ${passMark}`, async () => {
      const row = await runScenario(scenario, size, SEED, SLACK);
      expect(row.misses, `${row.on}\n${table([row])}\n`).to.deep.equal([]);
    });
  }
});
