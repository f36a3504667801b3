/**
 * Shows that each promise of the README is kept by something: its spec is green, and red once the mechanism behind
 * it is switched off in a copy of the build.
 *
 *     npm run promises                       all of them, a few minutes
 *     npm run promises -- --only REQ-3,EVT   some, by id or chapter
 *     npm run promises -- --json             what came of each as JSON, nothing else on standard output
 *     npm run promises -- --write            puts the tables into README.md, proves nothing
 */
import { parseArgs } from 'node:util';
import { type Proof, prove } from './prove.js';
import { CHAPTERS, PROMISES } from './promises.js';
import { writeReadme } from './readme-table.js';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const words = flags.only?.split(',').map((word) => word.trim().toUpperCase());
const chosen = PROMISES.filter(
  ({ id }) => words === undefined || words.some((word) => id === word || id.startsWith(`${word}-`)),
);

const clip = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

function line({ id, verdict, because, ms }: Proof): string {
  const { promise, off, spec, title } = PROMISES.find((one) => one.id === id)!;
  const files = [...new Set(off.map(({ file }) => file))].join(', ');
  const head = `${clip(id, 7)}${clip(verdict === 'proved' ? 'red' : verdict.toUpperCase(), 10)}${(ms / 1000).toFixed(1).padStart(5)} s  `;
  return [
    head + promise,
    `${' '.repeat(25)}off: ${files}`,
    `${' '.repeat(25)}red: ${spec} › ${title}`,
    `${' '.repeat(25)}${verdict === 'proved' ? 'it says' : 'why'}: ${clip(because, 110).trimEnd()}`,
  ].join('\n');
}

if (flags.write) writeReadme(CHAPTERS);
else if (chosen.length === 0) {
  console.error(
    `No promise is called ${flags.only}. There are ${PROMISES[0]!.id} to ${PROMISES.at(-1)!.id}.`,
  );
  process.exitCode = 2;
} else {
  const started = performance.now();
  const progress = (text: string): void => {
    if (!flags.json) console.log(text);
  };
  const files = new Set(chosen.map(({ spec }) => spec)).size;
  progress(
    `${chosen.length} promises: first the specs that prove them (${files} files), then each without its mechanism.\n`,
  );
  const proofs = await prove(chosen, { done: (proof) => progress(line(proof)) });
  const missing = proofs.filter(({ verdict }) => verdict !== 'proved');
  if (flags.json) {
    console.log(
      JSON.stringify(
        proofs.map((proof) => ({ ...PROMISES.find(({ id }) => id === proof.id)!, ...proof })),
        null,
        1,
      ),
    );
  }
  progress(
    `\n${proofs.length - missing.length} of ${proofs.length} promises proved in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  for (const proof of missing) progress(`NOT PROVED ${line(proof)}`);
  if (missing.length > 0) process.exitCode = 1;
}
