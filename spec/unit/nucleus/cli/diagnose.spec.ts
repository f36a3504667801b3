import { expect } from 'chai';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import {
  ok,
  problem,
  warning,
  type Check,
  type DiagnoseContext,
} from '../../../../nucleus/cli/diagnose/check.js';
import { compiler } from '../../../../nucleus/cli/diagnose/compiler.js';
import { contextOf } from '../../../../nucleus/cli/diagnose/context.js';
import { isEnough } from '../../../../nucleus/cli/diagnose/node-version.js';
import { packages } from '../../../../nucleus/cli/diagnose/packages.js';
import { reportOf, reportText } from '../../../../nucleus/cli/diagnose/report.js';
import { runChecks } from '../../../../nucleus/cli/diagnose/run-checks.js';
import { unlikeServices } from '../../../../nucleus/cli/diagnose/unlike-services.js';
import { KNOWN_VARIABLES, variables } from '../../../../nucleus/cli/diagnose/variables.js';
import type { InstanceRecord } from '../../../../nucleus/instance-record.js';
import { aRecord } from '../../../support/records.js';
import { ROOT, writeTree, type Tree } from '../../../support/tree.js';

const context = (folder = '.', env: NodeJS.ProcessEnv = {}): DiagnoseContext => contextOf({}, env, folder);
const check = (name: string, run: Check['run']): Check => ({ name, run });

describe('diagnose: checks', () => {
  it('run at once, in order, and a check that fails or does not end is a finding', async () => {
    const checks = [
      check('late', () => new Promise(() => undefined)),
      check('thrower', () => {
        throw new Error('its own fault');
      }),
      check('fine', async () => [ok('good')]),
    ];
    const findings = await runChecks(checks, context(), { timeout: 50 });
    expect(findings.map(({ check: name, level, message }) => [name, level, message])).to.deep.equal([
      ['late', 'problem', 'this check did not end within 50 ms'],
      ['thrower', 'problem', 'this check failed itself: its own fault'],
      ['fine', 'ok', 'good'],
    ]);
  });

  it('are told with a level in words, the mend below and the sum at the end, harmless to a terminal', () => {
    const findings = [
      { check: 'redis', ...ok('there') },
      { check: 'redis', ...warning('slow \u001b[2J', 'be quick') },
      { check: 'ports', ...problem('a '.repeat(40).trim(), 'free it') },
    ];
    const report = reportOf(findings);
    expect([report.problems, report.warnings]).to.deep.equal([1, 1]);
    const lines = reportText(report, 60).split('\n');
    expect(lines.slice(0, 3)).to.deep.equal([
      'redis  ok       there',
      '       warning  slow \\u001b[2J',
      '                → be quick',
    ]);
    expect(lines.every((line) => line.length <= 60)).to.equal(true);
    expect(lines.at(-1)).to.equal('1 problem, 1 warning.');
  });
});

describe('diagnose: the version of Node', () => {
  it('is compared by number', () => {
    expect(isEnough('v20.19.0', '>=20.19')).to.equal(true);
    expect(isEnough('v22.0.0', '>=20.19')).to.equal(true);
    expect(isEnough('v20.9.9', '>=20.19')).to.equal(false);
    expect(isEnough('v18.20.0', '>=20.19')).to.equal(false);
  });
});

describe('diagnose: variables', () => {
  it('are all known that the framework, the nucleus and the command line read', () => {
    const read = new Set<string>();
    for (const folder of ['lib', 'nucleus']) {
      for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
        if (!file.endsWith('.ts') || file.endsWith('variables.ts')) continue;
        const text = readFileSync(join(ROOT, folder, file), 'utf8');
        for (const [, name = ''] of text.matchAll(/\benv\.(ATOM_[A-Z_]+)\b/g)) read.add(name);
        for (const [, name = ''] of text.matchAll(/['"`](ATOM_[A-Z_]+)['"`]/g)) read.add(name);
      }
    }
    expect([...read].filter((name) => !KNOWN_VARIABLES.includes(name))).to.deep.equal([]);
    expect(read.size).to.be.greaterThan(8);
  });

  it('are named when nothing reads them, with what was meant', async () => {
    const found = await variables.run(
      context('.', { ATOM_REDIS: 'x', ATOM_MULTICATS: 'off', ATOM_ENV: 'test' }),
    );
    expect(found.map(({ level, message }) => [level, message])).to.deep.equal([
      ['warning', "ATOM_REDIS is set, and nothing reads it (did you mean 'ATOM_REDIS_URL'?)"],
      ['warning', "ATOM_MULTICATS is set, and nothing reads it (did you mean 'ATOM_MULTICAST'?)"],
    ]);
  });

  it('are a problem when they are malformed, and the other checks go by the rest', async () => {
    const given = context('.', { ATOM_PORT: 'x', ATOM_MULTICAST: 'y', ATOM_ENV: 'test' });
    const found = await variables.run(given);
    expect(found.map(({ level }) => level)).to.deep.equal(['problem', 'problem']);
    expect(found[0]?.message).to.match(/^ATOM_PORT: option 'port' is "x"/);
    expect(found[1]?.message).to.match(/ATOM_MULTICAST/);
    expect([given.options.environment, given.options.port]).to.deep.equal(['test', 0]);
  });
});

describe('diagnose: instances of one service and version', () => {
  const instance = (id: string, operation: string, over: Partial<InstanceRecord> = {}): InstanceRecord =>
    aRecord({
      id: id.repeat(32),
      services: [
        { name: '@a/b', version: '0.0.0', operations: [{ name: operation, method: operation }], lexemes: [] },
      ],
      subscriptions: [],
      ...over,
    });

  it('are told of when they offer different things, with who lacks what', () => {
    const topics = [{ service: '@a/b', topic: 'order.*', delivery: 'group' } as const];
    const found = unlikeServices([instance('1', 'a'), instance('2', 'b', { subscriptions: topics })]);
    expect(found.map(({ level, message }) => [level, message])).to.deep.equal([
      [
        'warning',
        "2 instances of @a/b 0.0.0 do not offer the same: operation 'a' is lacking in 222222222222; " +
          "operation 'b' is lacking in 111111111111; topic 'order.*' is lacking in 111111111111",
      ],
    ]);
  });

  it('may be of several versions, and hear what else they like while they run', () => {
    const services = [{ name: '@a/b', version: '0.0.1', operations: [], lexemes: [] }];
    const own = [{ service: '@a/b', topic: 'price.*', delivery: 'broadcast' } as const];
    const records = [
      instance('1', 'a'),
      instance('2', 'a', { subscriptions: own }),
      instance('3', 'a', { services }),
    ];
    expect(unlikeServices(records)).to.deep.equal([]);
  });
});

describe('diagnose: the project', () => {
  let tree: Tree | undefined;
  afterEach(() => tree?.remove());

  const manifest = (name: string, version: string): string => JSON.stringify({ name, version });
  const tsconfig = (options: object): string => JSON.stringify({ compilerOptions: options, files: ['a.ts'] });
  const project = JSON.stringify({ name: 'p', dependencies: { atomjs: '*' } });

  it('has one copy of each shared package, or is told where the others are', async () => {
    tree = writeTree({
      'node_modules/class-validator/package.json': manifest('class-validator', '0.15.1'),
      'node_modules/class-transformer/package.json': manifest('class-transformer', '0.5.1'),
      'node_modules/@other/lib/package.json': manifest('@other/lib', '1.0.0'),
    });
    expect((await packages.run(context(tree.root))).map(({ level }) => level)).to.deep.equal(['ok']);
    tree.remove();
    const inner = 'node_modules/@other/lib/node_modules/class-validator/package.json';
    tree = writeTree({
      'node_modules/class-validator/package.json': manifest('class-validator', '0.15.1'),
      'node_modules/@other/lib/package.json': manifest('@other/lib', '1.0.0'),
      [inner]: manifest('class-validator', '0.14.0'),
    });
    const [found] = await packages.run(context(tree.root));
    expect(found?.level).to.equal('problem');
    expect(found?.message).to.equal(
      '2 copies of class-validator: node_modules/class-validator (0.15.1), ' +
        'node_modules/@other/lib/node_modules/class-validator (0.14.0)',
    );
    expect(found?.mend).to.contain('npm ls class-validator');
  });

  it('has its packages found where pnpm keeps them', async () => {
    const store = 'node_modules/.pnpm';
    tree = writeTree({
      [`${store}/cv@1/node_modules/class-validator/package.json`]: manifest('class-validator', '1.0.0'),
      [`${store}/cv@2/node_modules/class-validator/package.json`]: manifest('class-validator', '2.0.0'),
      [`${store}/a@1/node_modules/a/package.json`]: manifest('a', '1.0.0'),
    });
    const modules = join(tree.root, 'node_modules');
    symlinkSync('.pnpm/cv@1/node_modules/class-validator', join(modules, 'class-validator'));
    symlinkSync('.pnpm/a@1/node_modules/a', join(modules, 'a'));
    const inner = join(modules, '.pnpm/a@1/node_modules/class-validator');
    symlinkSync('../../cv@2/node_modules/class-validator', inner);
    const [found] = await packages.run(context(tree.root));
    expect(found?.message).to.match(/^2 copies of class-validator: .*\(1\.0\.0\), .*\(2\.0\.0\)$/);
  });

  it('emits what decorators need, also by a tsconfig.json that it extends', async () => {
    tree = writeTree({
      'package.json': project,
      'a.ts': '',
      'base.json': JSON.stringify({
        compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
      }),
      'tsconfig.json': '{ "extends": "./base.json", /* so */ "files": ["a.ts"] }',
    });
    expect((await compiler.run(context(tree.root))).map(({ level }) => level)).to.deep.equal(['ok']);
  });

  it('is told which compiler options are missing', async () => {
    tree = writeTree({
      'package.json': project,
      'a.ts': '',
      'tsconfig.json': tsconfig({ experimentalDecorators: true }),
    });
    const found = await compiler.run(context(tree.root));
    expect(found.map(({ level }) => level)).to.deep.equal(['problem']);
    expect(found[0]?.message).to.match(/^tsconfig.json has no emitDecoratorMetadata/);
    expect(found[0]?.mend).to.contain('"emitDecoratorMetadata": true');
  });

  it('is left alone where it does not use atomjs', async () => {
    tree = writeTree({ 'package.json': '{}', 'a.ts': '', 'tsconfig.json': tsconfig({}) });
    expect((await compiler.run(context(tree.root))).map(({ level }) => level)).to.deep.equal(['ok']);
    tree.remove();
    tree = writeTree({ 'package.json': '{}' });
    expect((await compiler.run(context(tree.root))).map(({ level }) => level)).to.deep.equal(['ok']);
  });
});
