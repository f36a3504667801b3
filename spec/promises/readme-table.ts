import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/tree.js';
import type { Chapter, Promised } from './promise.js';

const BEGIN = '<!-- promises: `npm run promises -- --write` writes them -->\n';
const END = '<!-- end of promises -->';
const README = join(ROOT, 'README.md');

/** A row of the table: id, sentence, specs. */
function row({ id, promise, proofs }: Promised): string {
  const specs = [...new Set(proofs.map(({ spec }) => spec))];
  const links = specs.map((spec) => `[${spec.replace(/^.*\/|\.spec\.ts$/g, '')}](${spec})`);
  return `| ${id} | ${promise} | ${links.join(', ')} |`;
}

/** The tables of all chapters, as they stand in the README. */
export function tables(chapters: readonly Chapter[]): string {
  return chapters
    .map(({ title, promises }) =>
      [
        '<details>',
        `<summary><b>${title}</b> (${promises[0]!.id} to ${promises.at(-1)!.id})</summary>`,
        '',
        '| id | promise | proved by |',
        '|---|---|---|',
        ...promises.map(row),
        '',
        '</details>',
      ].join('\n'),
    )
    .join('\n\n');
}

/** What stands between the marks of a README; undefined when they are not there. */
export function tablesIn(readme: string): string | undefined {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END, begin);
  return begin < 0 || end < 0 ? undefined : readme.slice(begin + BEGIN.length, end).trim();
}

export function writeReadme(chapters: readonly Chapter[]): void {
  const readme = readFileSync(README, 'utf8');
  const old = tablesIn(readme);
  if (old === undefined) throw new Error(`README.md has lost its marks ${BEGIN.trim()} and ${END}`);
  const begin = readme.indexOf(BEGIN) + BEGIN.length;
  const end = readme.indexOf(END, begin);
  writeFileSync(README, `${readme.slice(0, begin)}\n${tables(chapters)}\n\n${readme.slice(end)}`);
}
