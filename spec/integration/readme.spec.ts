import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, packed } from '../support/packed.js';
import { endPrograms, ownNetwork, Program } from '../support/process.js';
import { ROOT } from '../support/tree.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The block of code below the line that begins with the file's name. */
function blockOf(file: string): string {
  const line = README.indexOf(`\n\`${file}\``);
  const [, code] = /^```\w+\n([^]*?)^```/m.exec(line < 0 ? '' : README.slice(line)) ?? [];
  if (code === undefined) throw new Error(`README.md has no code of ${file}`);
  return code;
}

/** How the README has the caller run: the level of its log, and all that it prints then, the comment behind it. */
function callerAsShown(): { level: string; prints: string } {
  const [, level, prints] = /^ATOM_LOG_LEVEL=(\w+) node dist\/caller\.js +# (.*)$/m.exec(README) ?? [];
  if (level === undefined || prints === undefined)
    throw new Error('README.md does not show what caller.js prints');
  return { level, prints };
}

function packagesInstalled(): string[] {
  const commands = [...README.matchAll(/^npm install (?:--save-dev )?(.+)$/gm)];
  return commands.flatMap(([, names = '']) => names.split(' ').map((name) => name.replace(/(?<=.)@.*$/, '')));
}

describe('the README', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    const { project } = await packed();
    folder = project('readme', {
      'package.json': JSON.stringify({ name: 'readme', private: true, type: 'module' }),
      ...Object.fromEntries(
        ['service.ts', 'caller.ts', 'tsconfig.json'].map((file) => [file, blockOf(file)]),
      ),
    });
    await compile(folder);
  });
  afterEach(endPrograms);

  const start = (name: string, env: NodeJS.ProcessEnv): Program =>
    new Program(join(folder, 'dist', name), { env });

  it('has a service of at most twenty lines', () => {
    expect(blockOf('service.ts').trim().split('\n')).to.have.lengthOf.at.most(20);
  });

  it('names every package that a project installs', () => {
    const { name, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      name: string;
      peerDependencies: Record<string, string>;
    };
    const wanted = [name, ...Object.keys(peerDependencies), 'typescript', '@types/node'];
    expect(packagesInstalled()).to.have.members(wanted);
  });

  for (const first of ['service', 'caller']) {
    it(`has a service and a caller that run, the ${first} first`, async () => {
      const env = ownNetwork();
      const one = start(`${first}.js`, env);
      await one.line(first === 'service' ? /listening/ : /waiting for services/, 60_000);
      const other = start(first === 'service' ? 'caller.js' : 'service.js', env);
      const [service, caller] = first === 'service' ? [one, other] : [other, one];
      expect(await caller.ended, caller.describe()).to.deep.equal({ code: 0, signal: null });
      expect(caller.lines).to.include(callerAsShown().prints);
      expect(caller.errors + service.errors).to.equal('');
      service.signal('SIGINT');
      expect(await service.ended, service.describe()).to.deep.equal({ code: 0, signal: null });
    });
  }

  it('has a caller that prints nothing but its answer as it is shown', async () => {
    const { level, prints } = callerAsShown();
    const env = ownNetwork();
    await start('service.js', env).line(/listening/, 60_000);
    const caller = start('caller.js', { ...env, ATOM_LOG_LEVEL: level });
    expect(await caller.ended, caller.describe()).to.deep.equal({ code: 0, signal: null });
    expect([caller.lines, caller.errors]).to.deep.equal([[prints], '']);
  });

  it('lists each environment variable that the framework reads, and no other', () => {
    const options = readFileSync(join(ROOT, 'lib/application/options.ts'), 'utf8');
    const variables = (text: string): Set<string> => new Set(text.match(/\bATOM_[A-Z_]+\b/g));
    expect(variables(README)).to.have.all.keys(...variables(options));
  });
});
