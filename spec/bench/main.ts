/**
 * Measures atomjs against raw sockets and against peers, each side a process of its own:
 *
 *     npm run bench                     7 rounds, some minutes
 *     npm run bench -- --quick          2 short rounds, under a minute
 *     npm run bench -- --json           the figures of every round as JSON, nothing else on standard output
 *     npm run bench -- --check          fails unless the floors and the targets hold (relations.ts)
 *     npm run bench -- --write          puts the tables into spec/bench/README.md
 *     npm run bench -- --rounds 3 --only atom,tcp
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine, countOf, refuse } from '../support/command-line.js';
import { CONTENDERS, load, type Contender, type ContenderName } from './contender.js';
import { FLOOR_RELATIONS, judge, losses, ratio, TARGETS } from './relations.js';
import { report } from './report.js';
import { measureRound, type Effort, type Figures } from './rounds.js';

const README = resolve(import.meta.dirname, '../../../spec/bench', 'README.md');

const { values: flags } = commandLine({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
  },
});
const effort: Effort = {
  rounds: flags.rounds === undefined ? (flags.quick ? 2 : 7) : countOf('--rounds', flags.rounds),
  warmUpMs: flags.quick ? 20 : 60,
  durationMs: flags.quick ? 120 : 1000,
};
const progress = (text: string): void => console.error(text);

const contenders = new Map<ContenderName, Contender>();
const wanted = flags.only?.split(',');
for (const name of wanted ?? []) {
  if (!CONTENDERS.some((one) => one === name))
    refuse(`no contender is called '${name}': ${CONTENDERS.join(', ')}`);
}
for (const name of CONTENDERS) {
  if (wanted?.includes(name) === false) continue;
  const contender = await load(name);
  if (typeof contender === 'string') progress(`without ${name}: ${contender}`);
  else contenders.set(name, contender);
}

const rounds: Partial<Record<ContenderName, Figures[]>> = {};
const all = [...contenders];
for (let round = 0; round < effort.rounds; round++) {
  progress(`round ${round + 1} of ${effort.rounds}`);
  // Another one begins each time, so that none always has the warmest or the coolest machine.
  const order = [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
  const figures = await measureRound(order, effort);
  for (const name of contenders.keys()) (rounds[name] ??= []).push(figures[name] ?? {});
}

if (flags.json) {
  const ratios = [...FLOOR_RELATIONS, ...TARGETS].map((relation) => ({
    ...relation,
    found: ratio(rounds, relation),
  }));
  console.log(JSON.stringify({ node: process.version, effort, rounds, ratios }, null, 1));
} else {
  console.log(report(rounds, contenders));
}
if (flags.write) {
  const [before, after] = [/^[\s\S]*?<!-- figures -->\n/, /<!-- end of figures -->[\s\S]*$/].map(
    (part) => part.exec(readFileSync(README, 'utf8'))?.[0],
  );
  if (!before || !after)
    throw new Error(`${join(README)} has lost its marks <!-- figures --> and <!-- end of figures -->`);
  writeFileSync(README, `${before}\n${report(rounds, contenders)}\n\n${after}`);
}
if (flags.check) {
  const relations = [...FLOOR_RELATIONS, ...TARGETS].filter(({ of, over }) => rounds[of] && rounds[over]);
  const verdicts = relations.map((relation) => judge(rounds, relation));
  progress('');
  for (const { holds, text } of verdicts) progress(`${holds ? 'ok  ' : 'FAIL'} ${text}`);
  const lost = losses(rounds);
  for (const text of lost) progress(`FAIL ${text}`);
  if (!contenders.has('atom')) progress('the targets were not checked: there is no contender atom');
  if (verdicts.length === 0 || lost.length > 0 || verdicts.some(({ holds }) => !holds)) process.exitCode = 1;
}
