import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What the command line reads of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** The folder of the atomjs that runs: a checkout, or in somebody's `node_modules`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The manifest of the atomjs that runs. */
export function ownManifest(): Manifest {
  return JSON.parse(readFileSync(`${PACKAGE_ROOT}package.json`, 'utf8')) as Manifest;
}
