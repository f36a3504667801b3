import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { packed, run } from '../support/packed.js';
import { ownNetwork } from '../support/process.js';

const QUICKLY = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

describe('atom init', function () {
  this.timeout(150_000);
  let folder: string;
  let atom: string;
  let tarball: string;
  let printed: string;
  const env = { ...ownNetwork(), npm_config_update_notifier: 'false' };
  const children: ChildProcess[] = [];

  before(async () => {
    ({ tarball } = await packed());
    atom = join(dirname(tarball), 'node_modules/atomjs/dist/nucleus/cli/main.js');
    folder = mkdtempSync(join(tmpdir(), 'atom-init-'));
    printed = await run(process.execPath, [atom, 'init', 'demo', '--yes'], folder);
    await run('npm', ['install', ...QUICKLY, tarball], join(folder, 'demo'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // it has ended, as it should
      }
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** An npm script of the project, as a process group. */
  function npm(...args: string[]): { child: ChildProcess; output: () => string; ended: Promise<unknown> } {
    const child = spawn('npm', args, {
      cwd: join(folder, 'demo'),
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const ended = new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));
    return { child, output: () => text, ended };
  }

  const says = (output: () => string, pattern: RegExp, since = 0): Promise<unknown> =>
    eventually(
      () => {
        if (!pattern.test(output().slice(since))) throw new Error(`no ${String(pattern)} in:\n${output()}`);
      },
      { within: 60_000, every: 50 },
    );

  it('says how it is installed, with atomjs from a registry or from a file', async () => {
    expect(printed).to.match(/^ {2}npm install +# .* npm install <path>\/atomjs-<version>\.tgz$/m);
    expect(await run(process.execPath, [atom, 'init', '--help'], folder)).to.include(
      '--atomjs ../atomjs.tgz',
    );
  });

  it('makes a project whose specs pass', async () => {
    const output = await run('npm', ['test'], join(folder, 'demo'), env);
    expect(output).to.match(/3 passing/);
  });

  it('makes a service that starts, is found, answers, and ends in order by SIGTERM', async () => {
    const { child, output, ended } = npm('start');
    await says(output, /listening/);
    const client = `
      import { AtomFactory } from 'atomjs';
      const client = await AtomFactory.createClient({ logLevel: 'silent' });
      await client.waitFor('@demo/greeter');
      console.log(JSON.stringify(await client.request('@demo/greeter', 'greet', { name: 'Ada' })));
      await client.close();`;
    writeFileSync(join(folder, 'demo/ask.mjs'), client);
    const answer = await run(process.execPath, ['ask.mjs'], join(folder, 'demo'), env);
    expect(JSON.parse(answer)).to.deep.equal({ name: 'Ada', text: 'Hello, Ada!' });
    await says(output, /somebody was greeted/);
    child.kill('SIGTERM');
    expect(await ended, output()).to.deep.equal({ code: 0, signal: null });
  });

  it('makes a project that compiles and restarts while one writes', async () => {
    const { child, output, ended } = npm('run', 'dev');
    await says(output, /greeter .*listening/);
    const since = output().length;
    const file = join(folder, 'demo/src/greeter-service.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('Hello', 'Hullo'));
    await says(output, /greeter .*listening/, since);
    child.kill('SIGTERM');
    await ended;
    expect(output()).to.match(/compiler .*Found 0 errors/);
  });

  it('never overwrites a file, and says which are in the way', async () => {
    const refused = await run(process.execPath, [atom, 'init', 'demo', '--yes'], folder).catch(String);
    expect(refused).to.contain('package.json').and.contain('--directory');
    expect(readdirSync(folder)).to.deep.equal(['demo']);
  });
});
