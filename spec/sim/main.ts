/**
 * Runs the whole mesh in one process, seed after seed, and looks for what must not be:
 *
 *     npm run sim -- --seeds 2000          seeds 1 to 2,000
 *     npm run sim -- --seed 17             this one, with its history
 *     npm run sim -- --bugs                plants one bug at a time and finds each within 2,000 seeds
 *     npm run sim -- --bug budget          those whose names have this word
 */
import { commandLine, countOf, refuse } from '../support/command-line.js';
import { BUGS } from './bugs.js';
import { findBug, type Found } from './find-bug.js';
import { show } from './history.js';
import { runSeeds } from './seeds.js';
import { digestOf, simulate } from './simulate.js';

const { values: flags } = commandLine({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    bugs: { type: 'boolean', default: false },
    bug: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const seeds = countOf('--seeds', flags.seeds);
const first = countOf('--first', flags.first);

function print(value: object, text: string): void {
  console.log(flags.json ? JSON.stringify(value) : text);
}

async function one(seed: number): Promise<boolean> {
  const { history, violations } = await simulate(seed);
  const digest = digestOf(history);
  const found = violations.map(({ invariant, message }) => `${invariant}: ${message}`);
  print(
    { seed, digest, violations, history },
    [...history.map(show), ...found, `seed ${seed}: ${digest}, ${violations.length} violations`].join('\n'),
  );
  return violations.length === 0;
}

async function many(): Promise<boolean> {
  const started = performance.now();
  const failures = await runSeeds({ first, seeds });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const lines = failures.map(
    ({ seed, violations }) =>
      `seed ${seed}: ${violations.map(({ invariant, message }) => `${invariant}: ${message}`).join('\n')}\n` +
      `again with: npm run sim -- --seed ${seed}\n`,
  );
  print(
    { first, seeds, failures },
    [...lines, `${seeds} seeds from ${first} on, ${failures.length} failed (${seconds} s)`].join('\n'),
  );
  return failures.length === 0;
}

async function planted(): Promise<boolean> {
  const results: Found[] = [];
  const bugs = BUGS.filter(({ name }) => name.includes(flags.bug ?? ''));
  if (bugs.length === 0)
    refuse(`no bug is called '${flags.bug}': ${BUGS.map(({ name }) => name).join(', ')}`);
  for (const bug of bugs) {
    const found = await findBug(bug, { first, seeds });
    results.push(found);
    if (!flags.json) {
      const where =
        found.seed === undefined ? 'NOT FOUND' : `seed ${String(found.seed).padEnd(6)} ${found.invariant}`;
      console.log(`${bug.name.padEnd(64)} ${where}`);
    }
  }
  if (flags.json) console.log(JSON.stringify(results));
  return results.every(({ seed }) => seed !== undefined);
}

const clean =
  flags.bugs || flags.bug !== undefined
    ? await planted()
    : flags.seed === undefined
      ? await many()
      : await one(countOf('--seed', flags.seed));
process.exitCode = clean ? 0 : 1;
