import { cpus, totalmem } from 'node:os';
import type { Contender, ContenderName } from './contender.js';
import type { Rounds } from './relations.js';
import { cell, DEPTHS, SIZES, SUBSCRIBERS } from './rounds.js';
import { spread } from './stats.js';

type Titles = ReadonlyMap<ContenderName, Contender>;
interface Column {
  readonly head: string;
  readonly cell: string;
  readonly digits: number;
}

const TABLES: readonly (readonly [title: string, columns: readonly Column[]])[] = [
  ...SIZES.map((size): readonly [string, readonly Column[]] => [
    `Requests per second, bodies of ${size.toLocaleString('en')} B each way`,
    [
      ...DEPTHS.map((depth) => ({ head: `${depth} in flight`, cell: cell.requests(depth, size), digits: 0 })),
      { head: 'p50 at 1, ms', cell: cell.p50(1, size), digits: 3 },
      { head: 'p99 at 1, ms', cell: cell.p99(1, size), digits: 3 },
    ],
  ]),
  [
    'Events per second delivered to each subscriber, 100 B',
    SUBSCRIBERS.flatMap((count) => [
      { head: `${count} subscriber${count > 1 ? 's' : ''}`, cell: cell.events(count), digits: 0 },
      { head: 'lost', cell: cell.lost(count), digits: 3 },
    ]),
  ],
  [
    'Checks of a message per second',
    [
      { head: 'flat lexeme', cell: cell.check('flat'), digits: 0 },
      { head: 'with two nested', cell: cell.check('nested'), digits: 0 },
    ],
  ],
];

const show = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The tables in Markdown: medians, the least and the most in brackets. */
export function report(rounds: Rounds, titles: Titles): string {
  const count = Math.max(...Object.values(rounds).map((figures) => figures.length));
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const lines = [
    `Node ${process.version}, ${machine}. Medians of ${count} interleaved rounds (least to most).`,
  ];
  for (const [title, columns] of TABLES) {
    const measured = [...titles.keys()].some((name) =>
      rounds[name]?.some((round) => columns.some((column) => column.cell in round)),
    );
    if (!measured) continue;
    lines.push('', `| ${title} | ${columns.map(({ head }) => head).join(' | ')} |`);
    lines.push(`|---|${columns.map(() => '---:|').join('')}`);
    for (const [name, contender] of titles) {
      const figures = rounds[name] ?? [];
      const cells = columns.map((column) => {
        const values = figures.flatMap((round) => round[column.cell] ?? []);
        if (values.length === 0) return undefined;
        const { median, min, max } = spread(values);
        const range = min === max ? '' : ` (${show(min, column.digits)} to ${show(max, column.digits)})`;
        return show(median, column.digits) + range;
      });
      if (cells.some((text) => text !== undefined)) {
        lines.push(`| ${contender.title} | ${cells.map((text) => text ?? '').join(' | ')} |`);
      }
    }
  }
  return lines.join('\n');
}
