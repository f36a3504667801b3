import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ok, problem, textOf, warning, type Check, type Finding } from './check.js';

const TIMEOUT = 8000;

interface CompilerOptions {
  readonly experimentalDecorators?: boolean;
  readonly emitDecoratorMetadata?: boolean;
}

/** The project's compiler writes down the types that decorators need. */
export const compiler: Check = {
  name: 'compiler',
  async run({ folder }) {
    if (!existsSync(join(folder, 'tsconfig.json'))) return [ok('no tsconfig.json in this folder')];
    if (!usesAtomjs(folder)) return [ok('this folder is not a project with atomjs')];
    let options: CompilerOptions;
    try {
      options = await compilerOptions(folder);
    } catch (error) {
      const mend = "Install typescript in the project, and let 'npx tsc --showConfig' succeed.";
      return [warning(`tsconfig.json cannot be read: ${textOf(error)}`, mend)];
    }
    const findings: Finding[] = [];
    if (options.experimentalDecorators !== true)
      findings.push(missing('experimentalDecorators', 'decorators fail'));
    if (options.emitDecoratorMetadata !== true) {
      findings.push(missing('emitDecoratorMetadata', 'the types of messages and dependencies are unknown'));
    }
    return findings.length > 0 ? findings : [ok('tsconfig.json emits what decorators need')];
  },
};

function missing(option: string, consequence: string): Finding {
  const mend = `Set "compilerOptions": { "${option}": true } in tsconfig.json, and compile with tsc.`;
  return problem(`tsconfig.json has no ${option}: ${consequence}`, mend);
}

function usesAtomjs(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const kinds = ['dependencies', 'devDependencies', 'peerDependencies'].map((kind) => manifest[kind] ?? {});
    return manifest.name === 'atomjs' || kinds.some((kind) => Object.hasOwn(kind, 'atomjs'));
  } catch {
    return false;
  }
}

/** As the project's own compiler understands them, with all that tsconfig.json extends. */
async function compilerOptions(folder: string): Promise<CompilerOptions> {
  const manifest = createRequire(join(folder, 'package.json')).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin/tsc');
  const text = await new Promise<string>((resolve, reject) => {
    const args = [tsc, '--showConfig', '-p', 'tsconfig.json'];
    execFile(process.execPath, args, { cwd: folder, timeout: TIMEOUT }, (error, stdout) => {
      if (error !== null) reject(new Error(stdout.trim() || error.message));
      else resolve(stdout);
    });
  });
  return (JSON.parse(text) as { compilerOptions?: CompilerOptions }).compilerOptions ?? {};
}
