import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ATOM_CODES } from '../../lib/errors.js';
import { ROOT } from '../support/tree.js';

/** The codes that a document has a table row for: rows that begin with one word in capitals, as code. */
function documented(markdown: string): string[] {
  return [...markdown.matchAll(/^\| *`([A-Z]+(?:_[A-Z]+)+|[A-Z]{5,})` *\|/gm)].map(([, code]) => code ?? '');
}

describe('the error codes', () => {
  it('are in the README each, once, and no others', () => {
    const outcomes = ['NOT_SENT', 'REJECTED', 'UNKNOWN', 'FAILED'];
    const found = documented(readFileSync(join(ROOT, 'README.md'), 'utf8'));
    // Environment variables and outcomes have tables of the same form.
    const codes = found.filter((code) => !outcomes.includes(code) && !code.startsWith('ATOM_'));
    expect(codes).to.have.members(Object.keys(ATOM_CODES));
  });

  it('are found out when one is missing, is there twice or is unknown', () => {
    const row = (code: string): string => `| \`${code}\` | some words |`;
    const all = Object.keys(ATOM_CODES).map(row);
    const table = (...rows: string[]): string =>
      ['# Errors', '| code | meaning |', '|---|---|', ...rows].join('\n');
    expect(documented(table(...all))).to.have.members(Object.keys(ATOM_CODES));
    expect(documented(table(...all.slice(1)))).not.to.have.members(Object.keys(ATOM_CODES));
    expect(documented(table(...all, row('INTERNAL')))).not.to.have.members(Object.keys(ATOM_CODES));
    expect(documented(table(...all, row('NO_SUCH_CODE')))).not.to.have.members(Object.keys(ATOM_CODES));
  });
});
