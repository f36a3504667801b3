import { expect } from 'chai';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, writeTree } from '../support/tree.js';

interface Config {
  readonly forbidden: readonly (IForbiddenRuleType & { readonly name: string })[];
  readonly options: ICruiseOptions;
}
const { default: config } = (await import(pathToFileURL(join(ROOT, '.dependency-cruiser.mjs')).href)) as {
  default: Config;
};

/** Each broken rule with the two files that break it, as text. */
async function violations(root: string): Promise<string[]> {
  const folders = ['lib', 'nucleus', 'samples', 'spec'].filter((folder) => existsSync(join(root, folder)));
  const { enhancedResolveOptions, ...options } = config.options;
  const { output } = await cruise(
    folders,
    { ...options, baseDir: root, validate: true, ruleSet: { forbidden: [...config.forbidden] } },
    enhancedResolveOptions,
  );
  const { summary } = output as ICruiseResult;
  expect(summary.totalDependenciesCruised, 'imports that were followed').to.be.greaterThan(0);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** For each rule a tree that breaks it: the importing file and what it imports. */
const PROOFS: Record<string, readonly (readonly [from: string, to: string])[]> = {
  'no-cycle': [
    ['lib/a.ts', 'lib/b.ts'],
    ['lib/b.ts', 'lib/a.ts'],
  ],
  resolvable: [['lib/a.ts', './nowhere.js']],
  'shipped-dependencies': [['lib/a.ts', 'chai']],
  'decorators-record': [['lib/decorators/a.ts', 'lib/scanner/b.ts']],
  'decorators-run-nothing': [['lib/decorators/a.ts', 'lib/runtime/b.ts']],
  'metadata-is-first': [['lib/metadata/a.ts', 'lib/decorators/b.ts']],
  'scanner-before-container': [['lib/scanner/a.ts', 'lib/container/b.ts']],
  'container-before-application': [['lib/container/a.ts', 'lib/client/b.ts']],
  'inversify-in-container': [['lib/scanner/a.ts', 'inversify']],
  'reflect-in-metadata-store': [['lib/metadata/a.ts', 'reflect-metadata']],
  'zeromq-in-its-transport': [['lib/transport/a.ts', 'zeromq']],
  'ioredis-in-registry': [['nucleus/daemon/a.ts', 'ioredis']],
  'redis-in-its-log': [['lib/durable/a.ts', 'nucleus/registry/redis-b.ts']],
  'durable-without-io': [['lib/durable/a.ts', 'lib/durable/redis/b.ts']],
  'runtime-without-transport': [['lib/runtime/a.ts', 'lib/transport/b.ts']],
  'transport-without-runtime': [['lib/transport/a.ts', 'lib/runtime/b.ts']],
  'wire-without-io': [['lib/wire/a.ts', 'node:net']],
  'wire-knows-no-user': [['lib/wire/a.ts', 'lib/transport/b.ts']],
  'application-is-last': [['lib/client/a.ts', 'lib/application/b.ts']],
  'no-index': [['lib/client/a.ts', 'nucleus/index.ts']],
  'nucleus-without-lib': [['nucleus/a.ts', 'lib/b.ts']],
  'page-in-a-browser': [['nucleus/dashboard/page/a.ts', 'nucleus/b.ts']],
  'page-by-itself': [['nucleus/daemon/a.ts', 'nucleus/dashboard/page/b.ts']],
  'ships-without-specs': [['lib/a.ts', 'spec/b.ts']],
};

/** The files of a proof; imports are of types, which are the ones that a compiled tree would not show. */
function files(imports: readonly (readonly [string, string])[], type: boolean): Record<string, string> {
  const tree: Record<string, string> = {
    'package.json': '{ "type": "module", "dependencies": { "zeromq": "*" } }',
  };
  for (const [, to] of imports) if (to.endsWith('.ts')) tree[to] = 'export class It {}\n';
  for (const [from, to] of imports) {
    const up = '../'.repeat(from.split('/').length - 1);
    const target = to.endsWith('.ts') ? `${up}${to.replace(/\.ts$/, '.js')}` : to;
    tree[from] =
      `import ${type ? 'type ' : ''}{ It } from '${target}';\nexport class It {}\nexport type X = It;\n`;
  }
  return tree;
}

describe('imports', function () {
  this.timeout(60_000);

  it('go the way that the architecture says, without cycles', async () => {
    expect(await violations(ROOT)).to.deep.equal([]);
  });

  it('are free where no rule is broken', async () => {
    const tree = writeTree(
      files(
        [
          ['lib/index.ts', 'lib/application/b.ts'],
          ['lib/transport/zeromq/a.ts', 'zeromq'],
          ['nucleus/registry/nucleus-sockets.ts', 'zeromq'],
          ['nucleus/zeromq.ts', 'zeromq'],
          ['nucleus/cli/a.ts', 'lib/index.ts'],
          ['lib/scanner/a.ts', 'nucleus/b.ts'],
        ],
        false,
      ),
    );
    try {
      expect(await violations(tree.root)).to.deep.equal([]);
    } finally {
      tree.remove();
    }
  });

  it('have a proof for each rule', () => {
    expect(Object.keys(PROOFS)).to.have.members(config.forbidden.map(({ name }) => name));
  });

  for (const [name, imports] of Object.entries(PROOFS)) {
    it(`are found out when they break "${name}"`, async () => {
      const tree = writeTree(files(imports, name !== 'decorators-run-nothing'));
      try {
        const found = await violations(tree.root);
        const [from] = imports[0] ?? [''];
        expect(
          found.filter((text) => text.startsWith(`${name}: ${from} -> `)),
          found.join('\n'),
        ).to.have.length(1);
      } finally {
        tree.remove();
      }
    });
  }
});
