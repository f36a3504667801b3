import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';
import { ROOT } from '../support/tree.js';

/**
 * What a user writes against the package, in a project of each kind. It prints one line of JSON, and does not
 * compile where a declaration is missing.
 */
const PROGRAM = `
import 'reflect-metadata';
import { AtomError, type AtomCode } from 'atomjs';

const code: AtomCode = 'NOT_FOUND';
const error: Error = new AtomError(code, 'No such user');
// @ts-expect-error the declarations know the closed list
export const wrong: AtomCode = 'NO_SUCH_CODE';

console.log(JSON.stringify({ is: AtomError.is(error), code: AtomError.from(error).code }));
`;
const PRINTS = { is: true, code: 'NOT_FOUND' };

const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2022',
    outDir: 'out',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    skipLibCheck: false,
  },
  files: ['main.ts'],
};

function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

describe('the package', function () {
  this.timeout(300_000);
  let directory: string;
  let tarball: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'atom-package-'));
    // The build is there already; packing must not start another under the specs' feet.
    const args = ['pack', '--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', directory];
    const [packed] = JSON.parse(await run('npm', args, ROOT)) as { filename: string }[];
    tarball = join(directory, packed?.filename ?? '');
  });
  after(() => rmSync(directory, { recursive: true }));

  /** A new project that has installed the package, and the compiler of this one. */
  async function project(name: string, type: 'module' | 'commonjs'): Promise<string> {
    const folder = join(directory, name);
    mkdirSync(folder);
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    const { typescript, '@types/node': node } = devDependencies;
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name,
        private: true,
        type,
        dependencies: { atomjs: `file:${tarball}`, 'reflect-metadata': '*' },
        devDependencies: { typescript, '@types/node': node },
      }),
    );
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(folder, 'main.ts'), PROGRAM);
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], folder);
    return folder;
  }

  for (const type of ['module', 'commonjs'] as const) {
    it(`compiles and runs in a TypeScript project of type "${type}"`, async () => {
      const folder = await project(type, type);
      await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], folder);
      const output = await run(process.execPath, ['out/main.js'], folder);
      expect(JSON.parse(output)).to.deep.equal(PRINTS);
    });
  }

  it('is put together as npm, bundlers and Node expect', async () => {
    const { messages } = await publint({ pkgDir: ROOT, level: 'warning', strict: true });
    expect(messages.map(({ code, path }) => `${code} at ${path.join('.')}`)).to.deep.equal([]);
  });

  it('exports each entry point that there is', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    const entryPoints = {
      '.': 'lib/index.ts',
      './nucleus': 'nucleus/index.ts',
      './testing': 'lib/testing/index.ts',
      './classic': 'lib/classic/index.ts',
    };
    const present = Object.entries(entryPoints).filter(([, file]) => existsSync(join(ROOT, file)));
    expect(Object.keys(exports)).to.have.members([...present.map(([name]) => name), './package.json']);
  });

  it('ships the code and its declarations, and neither specs nor samples', async () => {
    const files = (await run('tar', ['-tzf', tarball], directory)).trim().split('\n');
    for (const file of [
      'dist/lib/index.js',
      'dist/lib/index.d.ts',
      'lib/index.ts',
      'LICENSE',
      'package.json',
    ]) {
      expect(files).to.include(`package/${file}`);
    }
    expect(files.filter((file) => /spec|samples|tsbuildinfo/.test(file))).to.deep.equal([]);
  });
});
