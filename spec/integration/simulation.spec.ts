import { expect } from 'chai';
import { BUGS } from '../sim/bugs.js';
import { findBug } from '../sim/find-bug.js';
import { runSeeds } from '../sim/seeds.js';
import { digestOf, simulate } from '../sim/simulate.js';

const SCALE = Math.max(1, Number(process.env.ATOM_SPEC_SCALE ?? 1));
const SEEDS = 30 * SCALE;
/** Bugs that a few seeds find; a longer run plants all of them. */
const QUICK = ['a deadline is ignored on the server', 'answers are not remembered'];
/** Seeds that are tried for a bug. */
const MOST = 2000;

/** The long run tries others each day. */
const first = SCALE === 1 ? 1 : 1 + SEEDS * (Math.floor(Date.now() / 86_400_000) % 10_000);

describe('the whole mesh, simulated', function () {
  this.timeout(60_000 * SCALE);

  it(`keeps every promise (seeds ${first} to ${first + SEEDS - 1})`, async () => {
    const failures = await runSeeds({ first, seeds: SEEDS });
    const told = failures.flatMap(({ seed, violations }) =>
      violations.map(({ invariant, message }) => `npm run sim -- --seed ${seed}: ${invariant}: ${message}`),
    );
    expect(told.join('\n')).to.equal('');
  });

  it('happens again exactly as it was, from the same seed', async () => {
    const { history } = await simulate(first);
    await simulate(first + 1);
    const again = await simulate(first);
    expect(again.history).to.have.length.above(500);
    expect(again.history).to.deep.equal(history);
    expect(digestOf(again.history)).to.equal(digestOf(history));
    expect(digestOf((await simulate(first + 1)).history)).not.to.equal(digestOf(history));
  });

  for (const bug of BUGS.filter(({ name }) => SCALE > 1 || QUICK.includes(name))) {
    it(`shows that ${bug.name}, when that bug is planted`, async () => {
      const { seed, invariant } = await findBug(bug, { first: 1, seeds: MOST });
      expect(seed).to.be.a('number');
      expect(bug.foundBy).to.include(invariant);
    });
  }
});
