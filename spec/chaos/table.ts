import { round } from './marks.js';
import type { Row } from './scenario.js';

const HEAD = [
  'scenario',
  'load',
  'faults',
  'requests',
  'failed',
  'detection',
  'measured',
  'pass mark',
  'verdict',
];

function cells(row: Row): string[] {
  const failed = Object.entries(row.failed).map(([outcome, count]) => `${count} ${outcome}`);
  const figures = Object.entries(row.figures).map(([name, value]) => `${name} ${value}`);
  return [
    row.scenario,
    row.load,
    row.faults,
    `${row.requests}`,
    failed.join(', ') || '0',
    row.detection === undefined ? '-' : `${round(row.detection)} ms`,
    figures.join(', ') || '-',
    row.passMark,
    row.verdict,
  ];
}

/** The rows as a table of Markdown, which reads well in a terminal too. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)].map((line) => line.map((cell) => cell.replaceAll('|', '/')));
  const widths = HEAD.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`;
  const [head, ...rest] = lines;
  return [draw(head!), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(draw)].join(
    '\n',
  );
}

/** What went wrong, in words. */
export function misses(rows: readonly Row[]): string {
  return rows
    .flatMap(({ scenario, seed, misses }) => misses.map((miss) => `${scenario} (--seed ${seed}): ${miss}`))
    .join('\n');
}
