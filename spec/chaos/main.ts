/**
 * Real processes, real sockets, real Redis, and faults in the middle of an open load:
 *
 *     npm run chaos                          every scenario of the table, some minutes
 *     npm run chaos -- --scenario kill       those whose name begins so; several: --scenario kill,freeze
 *     npm run chaos -- --seed 7              chooses victims and the like; printed with what fails
 *     npm run chaos -- --short               a lower load and shorter faults, as in `npm test`
 *     npm run chaos -- --json                the rows as JSON, nothing else on standard output
 *     npm run chaos -- --write               puts the table into spec/chaos/README.md
 *
 * Its exit code is 1 when a pass mark is missed, 2 when nothing is called so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { commandLine, countOf, refuse } from '../support/command-line.js';
import { canCut, runScenario } from './run.js';
import type { Row } from './scenario.js';
import { FULL, SHORT } from './size.js';
import { SCENARIOS } from './scenarios/all.js';
import { misses, table } from './table.js';

const README = join(resolve(import.meta.dirname, '../../../spec/chaos'), 'README.md');
const { values: flags } = commandLine({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const size = flags.short ? SHORT : FULL;
const progress = (text: string): void => console.error(text);

const seed = countOf('--seed', flags.seed);
const wanted = flags.scenario?.split(',');
for (const word of wanted ?? []) {
  if (SCENARIOS.some(({ name }) => name.startsWith(word))) continue;
  refuse(`no scenario is called '${word}': ${SCENARIOS.map(({ name }) => name).join(', ')}`);
}
const chosen = SCENARIOS.filter(({ name }) => wanted?.some((word) => name.startsWith(word)) ?? true);
if (!canCut()) progress('Network namespaces are not allowed here: the hosts are addresses of the loopback.');

// What was started ends with this process, if it is told of its end.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const rows: Row[] = [];
for (const scenario of chosen) {
  const row = await runScenario(scenario, size, seed);
  progress(`${row.scenario}: ${row.verdict}${row.misses.map((miss) => `\n    ${miss}`).join('')}`);
  rows.push(row);
}

if (flags.json) console.log(JSON.stringify(rows, null, 2));
else {
  const [cpu] = cpus();
  const machine = `${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.versions.node}`;
  const text = `${machine}\n\n${table(rows)}`;
  console.log(`${text}\n${misses(rows)}`);
  if (flags.write) {
    const [head, , tail] = readFileSync(README, 'utf8').split(/<!-- (?:begin|end) of the table -->\n/);
    if (tail === undefined) throw new Error(`${README} has lost the marks around its table`);
    const marked = (which: string): string => `<!-- ${which} of the table -->\n`;
    writeFileSync(README, `${head}${marked('begin')}${text}\n${marked('end')}${tail}`);
  }
}
process.exit(rows.some(({ verdict }) => verdict === 'MISS') ? 1 : 0);
