import { readdir, readFile, realpath } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ownManifest } from '../package-info.js';
import { ok, problem, type Check, type Finding } from './check.js';

const MOST_FOLDERS = 20_000;

/** One copy of each package whose classes or metadata are shared between atomjs and the project. */
export const packages: Check = {
  name: 'packages',
  async run({ folder }) {
    const shared = [...Object.keys(ownManifest().peerDependencies), 'atomjs'];
    const copies = await findCopies(join(folder, 'node_modules'), shared);
    const findings = [...copies].flatMap(([name, places]): Finding[] => {
      if (places.size < 2) return [];
      const list = [...places].map(([place, version]) => `${relative(folder, place)} (${version})`);
      const mend =
        `Let one version satisfy all (npm ls ${name} shows who wants which), then npm dedupe; ` +
        'else decorators of one copy are not seen by the other.';
      return [problem(`${places.size} copies of ${name}: ${list.join(', ')}`, mend)];
    });
    if (findings.length > 0) return findings;
    return [
      ok(copies.size === 0 ? 'none of ours in this folder' : `one copy of ${[...copies.keys()].join(', ')}`),
    ];
  },
};

/** By name: where each copy really lies, and its version. */
async function findCopies(
  root: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const copies = new Map<string, Map<string, string>>();
  const seen = new Set<string>();
  const folders = new Set([await realpath(root).catch(() => root)]);
  // A set is gone through with what is added on the way.
  for (const folder of folders) {
    if (folders.size > MOST_FOLDERS) break;
    for (const { name, path } of await packagesIn(folder)) {
      const place = await realpath(path).catch(() => undefined);
      if (place === undefined || seen.has(place)) continue;
      seen.add(place);
      if (names.includes(name)) {
        const version = await versionIn(place);
        if (version !== undefined)
          copies.set(name, (copies.get(name) ?? new Map<string, string>()).set(place, version));
      }
      folders.add(join(place, 'node_modules'));
      // pnpm keeps a package's own packages beside it.
      if (place !== path) folders.add(join(place, name.startsWith('@') ? '../..' : '..'));
    }
  }
  return copies;
}

async function packagesIn(folder: string): Promise<readonly { name: string; path: string }[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .map(async (name) => {
        if (!name.startsWith('@')) return [name];
        return (await readdir(join(folder, name)).catch(() => [])).map((inner) => `${name}/${inner}`);
      }),
  );
  return found.flat().map((name) => ({ name, path: join(folder, name) }));
}

async function versionIn(place: string): Promise<string | undefined> {
  const text = await readFile(join(place, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { version?: string }).version;
}
