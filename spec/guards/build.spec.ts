import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../support/tree.js';

/** In the place of the compiler: writes what the build looks for. */
const COMPILER = `
  const fs = require('node:fs');
  fs.mkdirSync('dist/nucleus/cli', { recursive: true });
  fs.writeFileSync('dist/nucleus/cli/main.js', '');
`;

describe('the build', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'atom-build-'));
    put('tsconfig.json', JSON.stringify({ include: ['nucleus'] }));
    put('nucleus/cli/main.ts', '');
    put('node_modules/typescript/bin/tsc', COMPILER);
    put('spec/support/build.mjs', '');
    copyFileSync(join(ROOT, 'spec/support/build.mjs'), join(checkout, 'spec/support/build.mjs'));
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  function put(path: string, text: string): void {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), text);
  }
  const build = () =>
    spawnSync(process.execPath, ['spec/support/build.mjs'], { cwd: checkout, encoding: 'utf8' });

  it('says that it compiles everything, once, and then nothing', () => {
    const first = build();
    expect([first.status, first.stdout]).to.deep.equal([0, '']);
    expect(first.stderr).to.equal('build: compiling everything, which takes about half a minute, once\n');
    const second = build();
    expect([second.status, second.stdout, second.stderr]).to.deep.equal([0, '', '']);
  });
});
