import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT, writeTree } from '../support/tree.js';

/** Where time and randomness come only through `Clock` and `Random`. */
const CORE = /^(lib\/(runtime|delivery|durable)\/|nucleus\/(directory|daemon\/))/;

const CALLS = new Set(['setTimeout', 'setInterval']);
const MEMBERS = new Set(['Date.now', 'Math.random', 'performance.now', 'process.hrtime', 'process.uptime']);

/** What in a source file reads the system's time or chance, with its line. */
function uses(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const add = (node: ts.Node, what: string): void => {
    found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && CALLS.has(node.text) && !ts.isPropertyAssignment(node.parent))
      add(node, node.text);
    if (ts.isPropertyAccessExpression(node)) {
      const member = node.getText().replace(/^globalThis\./, '');
      if (MEMBERS.has(member)) add(node, member);
    }
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) {
      add(node, 'new Date()');
    }
    if (ts.isStringLiteral(node) && /^(node:)?timers(\/|$)/.test(node.text)) add(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function usesBelow(root: string): string[] {
  return ['lib', 'nucleus']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => path.endsWith('.ts') && CORE.test(path))
    .sort()
    .flatMap((path) => uses(path, readFileSync(join(root, path), 'utf8')));
}

describe('the core', () => {
  it('has its time and its chance from Clock and Random', () => {
    expect(usesBelow(ROOT)).to.deep.equal([]);
  });

  it('is found out when it takes them from the system', () => {
    const tree = writeTree({
      'lib/runtime/a.ts': `// Date.now() in a comment is fine\nexport const at = Date.now();\n`,
      'lib/delivery/deep/b.ts': `export const wait = () => { setTimeout(() => {}, 1); };\n`,
      'nucleus/directory.ts': `export const pick = Math.random;\n`,
      'nucleus/daemon/c.ts': `import { setTimeout as sleep } from 'node:timers/promises';\nexport { sleep };\n`,
      'nucleus/daemon/d.ts': `export const day = new Date(0); export const now = new Date();\n`,
      'nucleus/clock.ts': `export const now = () => Date.now();\n`,
    });
    try {
      expect(usesBelow(tree.root)).to.deep.equal([
        'lib/delivery/deep/b.ts:1 setTimeout',
        'lib/runtime/a.ts:2 Date.now',
        'nucleus/daemon/c.ts:1 setTimeout',
        'nucleus/daemon/c.ts:1 node:timers/promises',
        'nucleus/daemon/d.ts:1 new Date()',
        'nucleus/directory.ts:1 Math.random',
      ]);
    } finally {
      tree.remove();
    }
  });
});
