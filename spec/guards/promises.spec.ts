import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, casesOf } from '../promises/promise.js';
import { CHAPTERS, PROMISES } from '../promises/promises.js';
import { tables, tablesIn } from '../promises/readme-table.js';
import { mutationFaults } from '../support/mutation-faults.js';
import { ROOT } from '../support/tree.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A spec's text, with that of the suite that it runs against several implementations. */
function textOf(spec: string): string {
  const suite = spec.replace('.spec.ts', '.ts');
  return read(spec) + (existsSync(join(ROOT, suite)) ? read(suite) : '');
}

/** What is not as it should be with a promise. */
function faultsOf({ id, promise, spec, title, off }: Case): string[] {
  const faults: string[] = [];
  if (!/^[A-Z`].*\.$/.test(promise) || /[|\n]/.test(promise)) {
    faults.push(`${id}: a promise is one sentence in one line: ${promise}`);
  }
  if (!existsSync(join(ROOT, spec))) faults.push(`${id}: there is no ${spec}`);
  else if (!new RegExp(`\\bit\\(\\s*['"\`]${escaped(title)}['"\`]`).test(textOf(spec))) {
    faults.push(`${id}: ${spec} has no spec called '${title}'`);
  }
  if (off.length === 0) faults.push(`${id}: nothing is switched off`);
  return [...faults, ...off.flatMap(mutationFaults).map((fault) => `${id}: ${fault}`)];
}

/** Quotes may be escaped in a source. */
function escaped(title: string): string {
  return title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/'/g, "\\\\?'");
}

describe('the list of promises', () => {
  it('names specs that exist, and mechanisms that are still there to be switched off', () => {
    expect(casesOf(PROMISES).flatMap(faultsOf)).to.deep.equal([]);
  });

  it('numbers them within each chapter', () => {
    for (const { prefix, promises } of CHAPTERS) {
      expect(promises.map(({ id }) => id)).to.deep.equal(
        promises.map((_, index) => `${prefix}-${index + 1}`),
      );
    }
    expect(PROMISES.filter(({ proofs }) => proofs.length === 0)).to.deep.equal([]);
    expect(new Set(PROMISES.map(({ promise }) => promise)).size).to.equal(PROMISES.length);
  });

  it('is the README’s, word for word', () => {
    const found = tablesIn(read('README.md'));
    expect(found, 'npm run promises -- --write').to.equal(tables(CHAPTERS));
  });

  it('is found out when it is out of date', () => {
    const [good] = casesOf(PROMISES) as [Case];
    const { file, find } = good.off[0]!;
    const bad: Case[] = [
      { ...good, promise: 'two\nlines.' },
      { ...good, spec: 'spec/unit/none.spec.ts' },
      { ...good, title: `${good.title.slice(0, -3)}` },
      { ...good, off: [] },
      { ...good, off: [{ file, find: 'no such text', replace: '' }] },
      { ...good, off: [{ file, find: ';', replace: '' }] },
      { ...good, off: [{ file: 'lib/none.ts', find, replace: '' }] },
      { ...good, off: [{ file, find, replace: find }] },
    ];
    expect(faultsOf(good)).to.deep.equal([]);
    for (const one of bad) expect(faultsOf(one), JSON.stringify(one)).to.have.length(1);
    const changed = CHAPTERS.map((chapter, index) =>
      index > 0 ? chapter : { ...chapter, promises: chapter.promises.slice(1) },
    );
    expect(tables(changed)).not.to.equal(tables(CHAPTERS));
  });
});
