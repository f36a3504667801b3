/**
 * A copy of the built project in which one mechanism is switched off: to show that a spec, or the
 * simulation's checker, sees it missing.
 */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './tree.js';

/** A change to one source file. */
export interface Mutation {
  /** Path from the project's root: `lib/delivery/retries.ts`. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  /** The copy's root, with `dist/`, `package.json` and `node_modules`. */
  readonly directory: string;
  dispose(): void;
}

function mutate(source: string, { file, find, replace }: Mutation): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `Mutation of ${file}: its text occurs ${parts.length - 1} times, not once. Bring it up to date: ${find}`,
    );
  }
  return parts.join(replace);
}

/** What of `tsconfig.json` changes the JavaScript that comes out. */
const COMPILER_OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  verbatimModuleSyntax: true,
};

/**
 * A file in two places at once: cheaper than a copy. Nothing may write to either, so what is mutated is written
 * anew.
 */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system, or one without links.
    copyFileSync(from, to);
  }
}

/** The build at `to`, without what is not needed to run it, and without `except`. */
function linkBuild(to: string, except: ReadonlySet<string>): void {
  const from = join(ROOT, 'dist');
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name).slice(from.length + 1);
    if (entry.isDirectory()) mkdirSync(join(to, path), { recursive: true });
    else if (!NOT_RUN.test(path) && !except.has(path)) {
      mkdirSync(join(to, dirname(path)), { recursive: true });
      link(join(from, path), join(to, path));
    }
  }
}

const NOT_RUN = /\.(map|d\.ts)$|^\.tsbuildinfo/;

/** What specs read of the sources. */
const READ = ['nucleus/PROTOCOL.md', 'lib/durable/PROTOCOL.md'];

const outputOf = (source: string): string => source.replace(/\.ts$/, '.js');

/** @throws Error when a mutation's text is not found exactly once, or no longer compiles. */
export function createMutant(mutations: readonly Mutation[]): Mutant {
  const sources = new Map<string, string>();
  for (const mutation of mutations) {
    const { file } = mutation;
    const source = sources.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
    sources.set(file, mutate(source, mutation));
  }
  // Beside the build, so that files can be in both.
  mkdirSync(join(ROOT, '.tmp'), { recursive: true });
  const directory = mkdtempSync(join(ROOT, '.tmp/mutant-'));
  const dispose = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, 'package.json'), join(directory, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    for (const document of READ) {
      mkdirSync(dirname(join(directory, document)), { recursive: true });
      link(join(ROOT, document), join(directory, document));
    }
    linkBuild(join(directory, 'dist'), new Set([...sources.keys()].map(outputOf)));
    for (const [file, source] of sources) {
      const { outputText, diagnostics = [] } = ts.transpileModule(source, {
        compilerOptions: COMPILER_OPTIONS,
        fileName: file,
        reportDiagnostics: true,
      });
      const [first] = diagnostics;
      if (first !== undefined) {
        throw new Error(
          `Mutation of ${file} does not compile: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`,
        );
      }
      writeFileSync(join(directory, 'dist', outputOf(file)), outputText);
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { directory, dispose };
}
