/**
 * A copy of the built project in which one mechanism is switched off: to show that a spec, or the
 * simulation's checker, sees it missing.
 */
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '../../..');

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

/** @throws Error when a mutation's text is not found exactly once, or no longer compiles. */
export function createMutant(mutations: readonly Mutation[]): Mutant {
  const sources = new Map<string, string>();
  for (const mutation of mutations) {
    const { file } = mutation;
    const source = sources.get(file) ?? readFileSync(join(ROOT, file), 'utf8');
    sources.set(file, mutate(source, mutation));
  }
  const directory = mkdtempSync(join(tmpdir(), 'atom-mutant-'));
  const dispose = (): void => rmSync(directory, { recursive: true, force: true });
  try {
    copyFileSync(join(ROOT, 'package.json'), join(directory, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    cpSync(join(ROOT, 'dist'), join(directory, 'dist'), { recursive: true });
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
      writeFileSync(join(directory, 'dist', file.replace(/\.ts$/, '.js')), outputText);
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { directory, dispose };
}
