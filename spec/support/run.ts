/**
 * Runs every check of the project and closes with `N passed, M failed`:
 *
 *     npm test                          everything
 *     npm test -- --grep beacon         the specs whose titles match
 *     npm test -- unit/nucleus chaos    the spec files whose paths contain one of the words
 *     npm run test:all                  the same specs, longer: ATOM_SPEC_SCALE is 20
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { commandLine } from './command-line.js';
import type { SpecResult, SuiteResult } from './results.js';
import { runSuite } from './suite-process.js';
import { ROOT } from './tree.js';

const SPECS = join(ROOT, 'dist/spec');
/** A folder of specs, or a quarter of it: every fourth file. */
interface Part {
  readonly folder: string;
  readonly quarter?: number;
}

/** Run three at a time, as much of it waits for processes to start and for time to pass; the longest among the first. */
const PARTS: readonly Part[] = [
  { folder: 'unit' },
  { folder: 'integration' },
  ...[0, 1, 2, 3].map((quarter) => ({ folder: 'e2e', quarter })),
  { folder: 'chaos' },
  { folder: 'conformance' },
  { folder: 'guards' },
];
const LANES = 3;

const { values: flags, positionals } = commandLine({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    grep: { type: 'string', short: 'g' },
    bail: { type: 'boolean', short: 'b', default: false },
    verbose: { type: 'boolean', short: 'v', default: false },
  },
});
const scale = Number(process.env.ATOM_SPEC_SCALE ?? (flags.all ? 20 : 1));
const timeout = 20_000 * Math.max(1, scale);
/** Specs that note nothing for this long are stuck in a loop that no timer can end. */
const stuckAfter = 300_000 + 2 * timeout;
const selecting = flags.grep !== undefined || positionals.length > 0;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** Runs one of the tools, its output shown, as one check. */
async function tool(title: string, script: string, args: readonly string[]): Promise<SuiteResult> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const status = await new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(code ?? signal));
  });
  const result = { title, ms: performance.now() - started };
  console.log(`${title}: ${status === 0 ? 'passed' : 'FAILED'} (${seconds(started)})`);
  return status === 0
    ? { passed: [result], skipped: [], failed: [] }
    : { passed: [], skipped: [], failed: [result] };
}

function specFiles({ folder, quarter }: Part): string[] {
  const words = positionals.map((word) => word.replace(/^(\.\/)?(dist\/)?/, '').replace(/\.ts$/, '.js'));
  const directory = join(SPECS, folder);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.js'))
    .map((file) => join(directory, file))
    .filter(
      (file) => words.length === 0 || words.some((word) => relative(join(ROOT, 'dist'), file).includes(word)),
    )
    .sort()
    .filter((_, place) => quarter === undefined || place % 4 === quarter);
}

/** Runs the files in a process of their own. */
function suite(files: readonly string[]): Promise<SuiteResult> {
  return runSuite({
    files,
    timeout,
    grep: flags.grep,
    bail: flags.bail,
    verbose: flags.verbose || selecting,
    forbidPending: process.env.CI === 'true',
    env: { ATOM_SPEC_SCALE: String(scale) },
    stuckAfter,
  });
}

const results: SuiteResult[] = [];
const specs: SpecResult[] = [];

async function runPart(part: Part): Promise<void> {
  const files = specFiles(part);
  if (files.length === 0) return;
  const started = performance.now();
  const result = await suite(files);
  const count = result.passed.length + result.failed.length;
  if (selecting && count === 0) return;
  console.log(`${part.folder}: ${result.passed.length} of ${count} passed (${seconds(started)})`);
  results.push(result);
  specs.push(...result.passed, ...result.failed);
}

async function checkSources(): Promise<void> {
  if (selecting) return;
  results.push(await tool('lint', 'eslint/bin/eslint.js', ['.']));
  results.push(await tool('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']));
}

const waiting = [...PARTS];
await Promise.all(
  Array.from({ length: LANES }, async (_, lane) => {
    if (lane === 0) await checkSources();
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await runPart(part);
  }),
);

if (!selecting && specs.length > 0) {
  console.log('\nThe slowest:');
  for (const { title, ms } of specs.sort((a, b) => b.ms - a.ms).slice(0, 10)) {
    console.log(`${String(Math.round(ms)).padStart(8)} ms  ${title}`);
  }
}
const failed = results.flatMap((result) => result.failed);
if (failed.length > 0) console.log(`\nFailed:\n${failed.map(({ title }) => `  ${title}`).join('\n')}`);
if (specs.length === 0) console.log(`\nNo spec ran${selecting ? ': nothing matches' : ''}.`);

const passed = results.reduce((sum, result) => sum + result.passed.length, 0);
const skipped = results.reduce((sum, result) => sum + result.skipped.length, 0);
console.log(`\n${passed} passed, ${failed.length} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed.length > 0 || specs.length === 0 ? 1 : 0;
