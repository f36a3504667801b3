/**
 * Shows that each promise of the README is kept by something: its spec is green, and red once the mechanism behind
 * it is switched off in a copy of the build.
 *
 *     npm run promises                       all of them, a few minutes
 *     npm run promises -- --only REQ-3,EVT   some, by id or chapter
 *     npm run promises -- --json             what came of each as JSON, nothing else on standard output
 *     npm run promises -- --write            puts the tables into README.md, proves nothing
 */
import { commandLine, refuse } from '../support/command-line.js';
import { type Proof, prove } from './prove.js';
import { type Case, casesOf } from './promise.js';
import { CHAPTERS, PROMISES } from './promises.js';
import { writeReadme } from './readme-table.js';

const { values: flags } = commandLine({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const words = flags.only?.split(',').map((word) => word.trim().toUpperCase());
const isOf = (word: string, id: string): boolean => id === word || id.startsWith(`${word}-`);
for (const word of words ?? []) {
  if (PROMISES.some(({ id }) => isOf(word, id))) continue;
  refuse(`no promise is called '${word}'; they are ${PROMISES[0]!.id} to ${PROMISES.at(-1)!.id}`);
}
const chosen = PROMISES.filter(({ id }) => words?.some((word) => isOf(word, id)) ?? true);

const clip = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** What came of one, in four lines: what is promised, what was switched off, what turned red, and what it said. */
function paragraph({ promise, off, spec, title }: Case, { id, verdict, because, ms }: Proof): string {
  const word = verdict === 'proved' ? 'red' : verdict.toUpperCase();
  const files = [...new Set(off.map(({ file }) => file))].join(', ');
  const indent = ' '.repeat(26);
  return [
    `${clip(id, 8)}${clip(word, 10)}${(ms / 1000).toFixed(1).padStart(5)} s  ${promise}`,
    `${indent}off: ${files}`,
    `${indent}red: ${spec} › ${title}`,
    `${indent}${verdict === 'proved' ? 'it says' : 'why'}: ${clip(because, 110).trimEnd()}`,
  ].join('\n');
}

async function main(): Promise<void> {
  const started = performance.now();
  const cases = casesOf(chosen);
  const text = (proof: Proof): string =>
    paragraph(
      cases.find(({ id }) => id === proof.id)!,
      proof,
    );
  const print = (line: string): void => {
    if (!flags.json) console.log(line);
  };
  const files = new Set(cases.map(({ spec }) => spec)).size;
  print(
    `${chosen.length} promises, kept by ${cases.length} mechanisms: first the specs in ${files} files, then each with its mechanism off.\n`,
  );
  const proofs = await prove(cases, { done: (proof) => print(text(proof)) });
  const missing = proofs.filter(({ verdict }) => verdict !== 'proved');
  if (flags.json) {
    const data = proofs.map((proof, index) => ({ ...cases[index]!, ...proof }));
    console.log(JSON.stringify(data, null, 1));
  }
  for (const proof of missing) print(`\nNOT PROVED ${text(proof)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  print(`\n${proofs.length - missing.length} of ${proofs.length} mechanisms proved in ${seconds} s`);
  if (missing.length > 0) process.exitCode = 1;
}

if (flags.write) writeReadme(CHAPTERS);
else await main();
