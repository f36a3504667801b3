import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { compile, packed, run, type Packed } from '../support/packed.js';
import { ownNetwork } from '../support/process.js';
import { ROOT } from '../support/tree.js';

/**
 * What a user writes against the package, in a project of each kind. It prints one line of JSON, and does not
 * compile where a declaration is missing.
 */
const PROGRAM = `
import { IsString } from 'class-validator';
import { AtomError, AtomFactory, AtomModule, AtomService, OnRequest, type AtomCode } from 'atomjs';
import { createTestApplication, createTestClient, TestNetwork } from 'atomjs/testing';
import { parseMulticast, type MulticastOption } from 'atomjs/nucleus';

class Greet {
  @IsString() name!: string;
}

@AtomService('@demo/greeter')
class GreeterService {
  @OnRequest()
  greet(message: Greet): { text: string; at: Date } {
    return { text: \`Hello, \${message.name}!\`, at: new Date(0) };
  }
}

@AtomModule({ services: [GreeterService] })
class GreeterModule {}

export const code: AtomCode = 'NOT_FOUND';
// @ts-expect-error the declarations know the closed list
export const wrong: AtomCode = 'NO_SUCH_CODE';
export const multicast: MulticastOption | undefined = parseMulticast('off');

async function main(): Promise<void> {
  const app = await AtomFactory.create(GreeterModule, { logLevel: 'silent' }).listen();
  const client = await AtomFactory.createClient({ logLevel: 'silent' });
  await client.waitFor('@demo/greeter');
  const greeter = client.of<GreeterService>('@demo/greeter');
  const { text, at } = await greeter.greet({ name: 'world' });
  // @ts-expect-error a remote takes what its method takes
  const refused: unknown = await greeter.greet({ nme: 'world' }).catch((error: unknown) => error);
  await client.close();
  await app.close();

  const network = new TestNetwork();
  const tested = await createTestApplication(GreeterModule, { network });
  const tester = await createTestClient(network);
  const inMemory = await tester.of<GreeterService>('@demo/greeter').greet({ name: 'test' });
  await tester.close();
  await tested.close();

  const date: string = at; // what JSON makes of it
  const why = AtomError.from(refused).code;
  console.log(JSON.stringify({ text, date, inMemory: inMemory.text, why, multicast }));
}

void main();
`;
const PRINTS = {
  text: 'Hello, world!',
  date: '1970-01-01T00:00:00.000Z',
  inMemory: 'Hello, test!',
  why: 'INVALID_ARGUMENT',
  multicast: 'off',
};

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

describe('the package', function () {
  this.timeout(300_000);
  let installed: Packed;
  before(async () => (installed = await packed()));

  for (const type of ['module', 'commonjs'] as const) {
    it(`compiles and runs in a TypeScript project of type "${type}"`, async () => {
      const folder = installed.project(type, {
        'package.json': JSON.stringify({ name: type, private: true, type }),
        'tsconfig.json': JSON.stringify(TSCONFIG),
        'main.ts': PROGRAM,
      });
      await compile(folder);
      const output = await run(process.execPath, ['out/main.js'], folder, ownNetwork());
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
    };
    const present = Object.entries(entryPoints).filter(([, file]) => existsSync(join(ROOT, file)));
    expect(Object.keys(exports)).to.have.members([...present.map(([name]) => name), './package.json']);
  });

  it('ships the code and its declarations, and neither specs nor samples', async () => {
    const files = (await run('tar', ['-tzf', installed.tarball], ROOT)).trim().split('\n');
    for (const file of [
      'dist/lib/index.js',
      'dist/lib/index.d.ts',
      'lib/index.ts',
      'nucleus/cli/init/template/gitignore',
      'dist/nucleus/dashboard/page/index.html',
      'dist/nucleus/dashboard/page/style.css',
      'dist/nucleus/dashboard/page/main.js',
      'LICENSE',
      'package.json',
    ]) {
      expect(files).to.include(`package/${file}`);
    }
    expect(
      files.filter((file) => /^package\/(dist\/)?(spec|samples)\/|tsbuildinfo/.test(file)),
    ).to.deep.equal([]);
  });
});
