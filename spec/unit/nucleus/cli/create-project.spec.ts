import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inTheWay, projectFiles, writeFiles } from '../../../../nucleus/cli/init/create-project.js';
import { ownManifest } from '../../../../nucleus/cli/package-info.js';
import { writeTree, type Tree } from '../../../support/tree.js';

const own = ownManifest();
const options = { name: '@shop/orders', description: 'Takes orders.', directory: resolve('somewhere') };

describe('a new project', () => {
  let tree: Tree;
  beforeEach(() => (tree = writeTree({ 'a-file': 'mine' })));
  afterEach(() => tree.remove());

  it('carries its own names everywhere', () => {
    const files = projectFiles(options, own);
    const all = [...files.values()].join('\n');
    expect(all).to.contain("@AtomService('@shop/orders')").and.contain('Takes orders.');
    expect(all).to.not.match(/\{\{|@demo\//);
  });

  it('has the dot files under their real names', () => {
    const paths = [...projectFiles(options, own).keys()];
    expect(paths).to.include.members(['.gitignore', '.mocharc.json', 'package.json', 'tsconfig.json']);
    expect(paths).to.not.include.members(['gitignore', 'mocharc.json']);
  });

  it('depends on what the running atomjs was tested with', () => {
    const manifest = JSON.parse(projectFiles(options, own).get('package.json') ?? '') as typeof own;
    expect(manifest.dependencies).to.deep.equal({ ...own.peerDependencies, atomjs: `^${own.version}` });
    for (const [tool, version] of Object.entries(manifest.devDependencies)) {
      expect(version, tool).to.equal(own.devDependencies[tool]);
    }
  });

  it('depends on a packed file by its path from the project', () => {
    const spec = (atomjs: string): string =>
      (
        JSON.parse(
          projectFiles({ ...options, directory: join(tree.root, 'made'), atomjs }, own).get('package.json') ??
            '',
        ) as typeof own
      ).dependencies.atomjs ?? '';
    expect(spec(join(tree.root, 'a-file'))).to.equal('file:../a-file');
    expect(spec('~0.1.0')).to.equal('~0.1.0');
  });

  it('has the compiler options that the README tells users to have', () => {
    type Config = { compilerOptions: Record<string, unknown> };
    const readme = readFileSync('README.md', 'utf8');
    const [, block = ''] = /^`tsconfig\.json`[^]*?```json\n([^]*?)```/m.exec(readme) ?? [];
    const told = (JSON.parse(block) as Config).compilerOptions;
    const made = (JSON.parse(projectFiles(options, own).get('tsconfig.json') ?? '') as Config)
      .compilerOptions;
    expect(made).to.deep.include({ ...told, types: ['node', 'mocha'] });
  });

  it('is refused wherever one of its files exists, and by writing again', () => {
    const paths = ['package.json', 'src/main.ts', 'src/deep/x.ts'];
    expect(inTheWay(join(tree.root, 'new'), paths)).to.deep.equal([]);
    expect(inTheWay(join(tree.root, 'a-file'), paths)).to.deep.equal([join(tree.root, 'a-file')]);
    writeFileSync(join(tree.root, 'src'), '');
    writeFileSync(join(tree.root, 'package.json'), 'mine');
    expect(inTheWay(tree.root, paths)).to.deep.equal(['package.json', 'src']);
    expect(() => writeFiles(tree.root, new Map([['package.json', '{}']]))).to.throw('EEXIST');
    expect(readFileSync(join(tree.root, 'package.json'), 'utf8')).to.equal('mine');
  });
});
