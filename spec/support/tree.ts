import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The checkout. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** A folder of files inside the checkout (so that packages resolve), for as long as it is needed. */
export interface Tree {
  readonly root: string;
  remove(): void;
}

/** Writes `files`, path to text, into a new folder below `.tmp`. */
export function writeTree(files: Readonly<Record<string, string>>): Tree {
  mkdirSync(join(ROOT, '.tmp'), { recursive: true });
  const root = mkdtempSync(join(ROOT, '.tmp/tree-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true }) };
}
