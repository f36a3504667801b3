import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './tree.js';

/** The package as users get it: the packed file, and a folder outside the checkout where it is installed. */
export interface Packed {
  readonly tarball: string;
  /** Makes a project below that folder: what is installed there resolves in it. Gives its path. */
  readonly project: (name: string, files: Readonly<Record<string, string>>) => string;
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

let made: Promise<Packed> | undefined;

/** Packs and installs, once for all specs of this process; removed when the process ends. Takes some ten seconds. */
export function packed(): Promise<Packed> {
  made ??= make();
  return made;
}

/** Runs a program and gives what it printed. @throws Error with all its output when it fails */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: 1 << 24, env: { ...process.env, ...env } };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Compiles a project with its own compiler, as `npx tsc` there does. */
export function compile(folder: string): Promise<string> {
  return run(process.execPath, [join(dirname(folder), 'node_modules/typescript/bin/tsc'), '-p', '.'], folder);
}

async function make(): Promise<Packed> {
  const directory = mkdtempSync(join(tmpdir(), 'atom-packed-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  // The build is there already; packing must not start another under the specs' feet.
  const args = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', directory];
  const [file] = JSON.parse(await run('npm', args, ROOT)) as { filename: string }[];
  const tarball = join(directory, file?.filename ?? '');
  const project = (name: string, files: Readonly<Record<string, string>>): string => {
    const folder = join(directory, name);
    mkdirSync(folder);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    return folder;
  };
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const { typescript, '@types/node': node } = manifest.devDependencies;
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { atomjs: `file:${tarball}`, ...manifest.peerDependencies },
      devDependencies: { typescript, '@types/node': node },
    }),
  );
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], directory);
  return { tarball, project };
}
