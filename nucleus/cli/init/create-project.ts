import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { PACKAGE_ROOT, type Manifest } from '../package-info.js';
import { serviceOf } from './project-name.js';
import { manifestOf, type ProjectOptions } from './project.js';

/** Its files are compiled and linted with atomjs itself, so that a new project always fits. */
const TEMPLATE = join(PACKAGE_ROOT, 'nucleus/cli/init/template');

/** Files whose real names mean something to npm while they lie in its package. */
const RENAMED: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'mocharc.json': '.mocharc.json',
};

/** Each file of a new project, path (with `/`) to text. */
export function projectFiles(options: ProjectOptions, own: Manifest): ReadonlyMap<string, string> {
  const files = new Map([['package.json', `${JSON.stringify(manifestOf(options, own), undefined, 2)}\n`]]);
  const words = {
    '@demo/greeter': serviceOf(options.name),
    '{{name}}': options.name,
    '{{description}}': options.description,
  };
  for (const entry of readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const path = relative(TEMPLATE, source).split(sep).join('/');
    let text = readFileSync(source, 'utf8');
    for (const [word, value] of Object.entries(words)) text = text.replaceAll(word, () => value);
    files.set(RENAMED[path] ?? path, text);
  }
  return files;
}

/** What in `directory` is in the way of `paths`: it would be overwritten, or is no folder. */
export function inTheWay(directory: string, paths: Iterable<string>): string[] {
  if (existsSync(directory) && !statSync(directory).isDirectory()) return [directory];
  const found = new Set<string>();
  for (const path of paths) {
    if (existsSync(join(directory, path))) found.add(path);
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const place = join(directory, folder);
      if (existsSync(place) && !statSync(place).isDirectory()) found.add(folder);
    }
  }
  return [...found].sort();
}

/** Writes them. @throws Error when a file has come into being meanwhile: nothing is ever overwritten */
export function writeFiles(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const place = join(directory, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text, { flag: 'wx' });
  }
}
