/**
 * Builds the checkout into `dist`: the packages are installed already. `npm run build` runs it by itself, and
 * `prepare.mjs` before everything that starts. What did not change is not compiled again.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(ROOT, 'dist');
const OUTPUT = /\.(js|d\.ts)(\.map)?$/;
/** What the page needs as it is. */
const COPIED = /\.(html|css|svg)$/;
const PAGE = 'nucleus/dashboard/page';
/** Each project of the compiler, and where it notes what it has written. */
const PROJECTS = [
  { project: '.', notes: '.tsbuildinfo' },
  { project: 'nucleus/dashboard', notes: '.tsbuildinfo-page' },
];

/** Every file below `directory`, as paths. */
function filesBelow(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const sourceOf = (output) => {
  const source = join(ROOT, relative(DIST, output));
  if (COPIED.test(output)) return existsSync(source) ? source : undefined;
  return ['.ts', '.tsx'].map((end) => source.replace(OUTPUT, end)).find(existsSync);
};

/** Removes what was made from sources that are gone: mocha would go on running their specs. */
function removeStaleOutput(folders) {
  for (const file of folders.flatMap((folder) => filesBelow(join(DIST, folder)))) {
    if ((OUTPUT.test(file) || COPIED.test(file)) && !sourceOf(file)) rmSync(file);
  }
}

function outputIsWhole(folders) {
  return folders
    .flatMap((folder) => filesBelow(join(ROOT, folder)))
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .every((file) => existsSync(join(DIST, relative(ROOT, file)).replace(/\.tsx?$/, '.js')));
}

function compile(project) {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, error } = spawnSync(process.execPath, [tsc, '-p', project], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status === 0;
}

function copyPage() {
  mkdirSync(join(DIST, PAGE), { recursive: true });
  for (const file of filesBelow(join(ROOT, PAGE)).filter((path) => COPIED.test(path))) {
    copyFileSync(file, join(DIST, relative(ROOT, dirname(file)), basename(file)));
  }
}

/** False when the type check failed; the compiler has said where. */
export function build() {
  const folders = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')).include;
  removeStaleOutput(folders);
  // The compiler trusts its own notes of what it wrote; without them it writes everything.
  if (!outputIsWhole(folders)) {
    process.stderr.write('build: compiling everything, which takes about half a minute, once\n');
    for (const { notes } of PROJECTS) rmSync(join(DIST, notes), { force: true });
  }
  copyPage();
  if (!PROJECTS.every(({ project }) => compile(project))) return false;
  chmodSync(join(DIST, 'nucleus/cli/main.js'), 0o755);
  return true;
}

if (import.meta.filename === resolve(process.argv[1] ?? '') && !build()) process.exitCode = 1;
