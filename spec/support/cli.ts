import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ownNetwork } from './process.js';
import { ROOT } from './tree.js';

/** The `atom` command of the build. */
export const ATOM = resolve(ROOT, 'dist/nucleus/cli/main.js');

/** How a run of `atom` ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment of its own on a network of its own: what runs with it meets nobody else, and no nucleus. */
export function ownMesh(): NodeJS.ProcessEnv {
  const id = randomBytes(6).toString('hex');
  return { ...ownNetwork(), ATOM_ENV: `cli-${id}`, ATOM_HOME: join(tmpdir(), `atom-home-${id}`) };
}

/** Runs `atom` to its end, without a terminal; `input` is what it reads. */
export function atom(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input = '', within = 15_000 }: { readonly input?: string; readonly within?: number } = {},
): Promise<Ran> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [ATOM, ...args], { env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined); // it may not read
    child.stdin.end(input);
    const kill = setTimeout(() => {
      child.kill('SIGKILL');
      failed(new Error(`atom ${args.join(' ')} did not end within ${within} ms:\n${stdout}\n${stderr}`));
    }, within);
    child.once('error', failed);
    child.once('close', (code) => {
      clearTimeout(kill);
      done({ code, stdout, stderr });
    });
  });
}
