import { paint } from './output.js';
import { cell, cut, table, type Column } from './table.js';
import type { TrafficRow } from './traffic.js';

/** By what the rows can be ordered; `s` goes from one to the next. */
export const ORDERS = ['rate', 'errors', 'latency', 'name'] as const;
export type Order = (typeof ORDERS)[number];

/** What the screen shows besides the rows. */
export interface TopState {
  readonly order: Order;
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  /** Rows above the first one that is shown. */
  readonly scroll: number;
}

export interface Summary {
  readonly environment: string;
  readonly instances: number;
  /** Instances that did not answer this time. */
  readonly silent: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'SERVICE' },
  { title: 'OPERATION, TOPIC' },
  ...['INST', 'RATE/S', 'ERR/S', 'IN FLIGHT', 'P50 MS', 'P99 MS', 'MAX MS', 'COUNT', 'ERRORS'].map(
    (title) => ({ title, align: 'right' }) as const,
  ),
];

/** The rows that the filter lets through, in order. */
export function arranged(rows: readonly TrafficRow[], order: Order, filter: string): TrafficRow[] {
  const wanted = filter.toLowerCase();
  const by: Readonly<Record<Order, (row: TrafficRow) => number>> = {
    rate: ({ perSecond }) => perSecond,
    errors: ({ errorsPerSecond, errors }) => errorsPerSecond * 1e9 + errors,
    latency: ({ p99 }) => p99,
    name: () => 0,
  };
  return rows
    .filter(({ service, name }) => `${service} ${name}`.toLowerCase().includes(wanted))
    .sort((a, b) => rough(by[order](b)) - rough(by[order](a)));
}

/** Two figures are enough to sort by: rows that are nearly alike must not change places all the time. */
function rough(value: number): number {
  return Number(value.toPrecision(2));
}

export function trafficTable(rows: readonly TrafficRow[]): string {
  return table(
    COLUMNS,
    rows.map((row) => [
      cell(row.service),
      `${cell(row.name)}${row.kind === 'event' ? paint('dim', ' (event)') : ''}`,
      String(row.instances),
      busy(row.perSecond),
      row.errorsPerSecond > 0 ? paint('red', row.errorsPerSecond.toFixed(1)) : paint('dim', '0'),
      row.inFlight > 0 ? String(row.inFlight) : paint('dim', '0'),
      latency(row.p50),
      latency(row.p99),
      latency(row.max),
      row.count.toLocaleString('en-US'),
      row.errors > 0 ? paint('red', row.errors.toLocaleString('en-US')) : paint('dim', '0'),
    ]),
  );
}

function latency(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 0);
}

function busy(perSecond: number): string {
  return perSecond > 0 ? paint('bold', perSecond.toFixed(1)) : paint('dim', '0');
}

/** What goes above the table. */
export function summaryLine(
  rows: readonly TrafficRow[],
  { environment, instances, silent }: Summary,
): string {
  const sum = (of: (row: TrafficRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const requests = rows
    .filter(({ kind }) => kind === 'request')
    .reduce((total, row) => total + row.perSecond, 0);
  const events = sum((row) => row.perSecond) - requests;
  const errors = sum((row) => row.errorsPerSecond);
  const parts = [
    `environment '${environment}'`,
    `${instances} instance${instances === 1 ? '' : 's'}${silent > 0 ? paint('red', `, ${silent} silent`) : ''}`,
    `${requests.toFixed(1)} requests/s`,
    `${events.toFixed(1)} events/s`,
    errors > 0 ? paint('red', `${errors.toFixed(1)} errors/s`) : '0 errors/s',
  ];
  return parts.join('  ');
}

/** The whole screen, line by line: never more than `height` lines of `width` columns. */
export function screen(
  rows: readonly TrafficRow[],
  summary: Summary,
  state: TopState,
  { width, height }: { readonly width: number; readonly height: number },
): string[] {
  const shown = arranged(rows, state.order, state.filter);
  const [head = '', ...lines] = trafficTable(shown).split('\n');
  const room = Math.max(1, height - 4);
  const first = Math.min(state.scroll, Math.max(0, lines.length - room));
  const body = lines.slice(first, first + room);
  const below = lines.length - first - body.length;
  if (shown.length === 0) {
    body.push(
      paint('dim', state.filter === '' ? 'No service is seen yet.' : `Nothing matches '${state.filter}'.`),
    );
  }
  const top = [`${paint('bold', 'atom top')}  ${summaryLine(rows, summary)}`, '', head, ...body];
  while (top.length < height - 1) top.push('');
  return [...top.slice(0, height - 1), footer(state, below)].map((line) => cut(line, width));
}

function footer({ order, filter, typing }: TopState, below: number): string {
  if (typing) return `${paint('bold', 'filter:')} ${filter}█  (Enter keeps it, Esc clears it)`;
  const keys = [
    `${paint('bold', 'q')} quit`,
    `${paint('bold', 's')} sort by: ${order}`,
    `${paint('bold', '/')} filter${filter === '' ? '' : `: ${filter}`}`,
    `${paint('bold', '↑↓')} scroll${below > 0 ? ` (${below} more)` : ''}`,
  ];
  return keys.join('   ');
}
