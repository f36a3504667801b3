import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/tree.js';

/** What names the place where somebody worked, or where his packages came from. Spelt so that this file has none. */
const PLACES: readonly RegExp[] = [
  /registry\.(npm[j]s|yarn[p]kg|npmmirror)\./,
  /\b(deb|security)\.debian\.[o]rg/,
  /"[r]esolved": "http/,
  /(?<![\w.$}/-])\/(work|root|home\/\w+|Users\/\w+)\//,
  /\b[A-Z]:\\Users\\/,
];

function placesIn(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (PLACES.some((place) => place.test(line)) ? [`${path}:${index + 1}`] : []));
}

describe('the files of the project', () => {
  it('name no package registry and no path of a machine', () => {
    const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const files = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
    expect(files).to.include('package-lock.json');
    const found = files
      .filter((file) => existsSync(join(ROOT, file)))
      .flatMap((file) => placesIn(file, readFileSync(join(ROOT, file), 'utf8')));
    expect(found).to.deep.equal([]);
  });

  it('are found out when they do', () => {
    const slash = '/';
    for (const line of [
      `https://registry.npm${'js'}.org/x`,
      `"res${'olved'}": "https://example.org/x.tgz"`,
      `see ${slash}home/somebody/project`,
      `const path = '${slash}work/main';`,
      `from ${slash}root/.config`,
    ]) {
      expect(placesIn('a', `first\n${line}\n`), line).to.deep.equal(['a:2']);
    }
    for (const line of [
      'import x from "../work/x.js"',
      'https://example.org/work/a',
      "'lib/root/x'",
      './root/a',
    ]) {
      expect(placesIn('a', line), line).to.deep.equal([]);
    }
  });
});
