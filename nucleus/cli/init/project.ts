import { existsSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Manifest } from '../package-info.js';

export interface ProjectOptions {
  /** A good project name, see `projectNameProblem`. */
  readonly name: string;
  readonly description: string;
  /** Absolute. */
  readonly directory: string;
  /** What to depend on instead of the published atomjs: a version, a range, or a packed file. */
  readonly atomjs?: string;
}

/** What specs and the compiler need, in the versions that atomjs itself was tested with. */
const TOOLS = ['@types/chai', '@types/mocha', '@types/node', 'chai', 'mocha', 'typescript'] as const;

/**
 * npm runs a script in a shell and hands SIGTERM on to that shell only, which dies of it and leaves the program
 * behind: the program has to take the shell's place. Windows has neither `exec` nor SIGTERM.
 */
const EXEC = process.platform === 'win32' ? '' : 'exec ';

/** The `package.json` of a new project. `own` is the manifest of the atomjs that makes it. */
export function manifestOf(options: ProjectOptions, own: Manifest): object {
  const tools = TOOLS.map((tool) => [tool, own.devDependencies[tool]]);
  return {
    name: options.name,
    version: '0.1.0',
    description: options.description,
    private: true,
    type: 'module',
    engines: { node: own.engines.node },
    scripts: {
      build: 'tsc',
      prestart: 'npm run build',
      start: `${EXEC}node --enable-source-maps dist/src/main.js`,
      pretest: 'npm run build',
      test: 'mocha',
      predev: 'npm run build',
      dev: `${EXEC}atom startenv dev.yaml`,
    },
    dependencies: sorted([
      ['atomjs', atomjsSpec(options) ?? `^${own.version}`],
      ...Object.entries(own.peerDependencies),
    ]),
    devDependencies: sorted(tools),
  };
}

/** A packed file is named from the project's folder, so that the project can be moved with it. */
function atomjsSpec({ atomjs, directory }: ProjectOptions): string | undefined {
  if (atomjs === undefined || !isFile(atomjs)) return atomjs;
  const path = relative(directory, resolve(atomjs));
  return `file:${isAbsolute(path) ? path : path.replaceAll('\\', '/')}`;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function sorted(entries: readonly (readonly unknown[])[]): object {
  return Object.fromEntries([...entries].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) as []);
}
