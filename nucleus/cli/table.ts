import { harmless, paint, widthOf } from './output.js';

/** One column. `align` is left unless said; numbers read better to the right. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/**
 * Rows below a heading, in columns as wide as their widest cell. Cells may be painted. Nothing is cut: what is
 * asked for is shown, and a terminal wraps.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => paint('bold', title)), ...rows];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ''))));
  return cells
    .map((row) => {
      const line = columns.map((column, index) => pad(row[index] ?? '', widths[index] ?? 0, column.align));
      return line.join(GAP).trimEnd();
    })
    .join('\n');
}

/** What a cell shows of text that came from elsewhere: on one line, harmless. */
export function cell(text: string): string {
  return harmless(text.replace(/\s+/g, ' '));
}

/** `text`, filled up to `width` columns. */
export function pad(text: string, width: number, align: Column['align'] = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? fill + text : text + fill;
}

/** `line` in at most `limit` columns; colour takes none, and ends where the line is cut. */
export function cut(line: string, limit: number): string {
  if (widthOf(line) <= limit) return line;
  let room = Math.max(0, limit - 1);
  let kept = '';
  for (const [piece] of line.matchAll(PIECE)) {
    if (!piece.startsWith('\u001b')) {
      if (room === 0) continue;
      room--;
    }
    kept += piece;
  }
  return `${kept}…`;
}

/** A colour sequence, or one character. */

const PIECE = /\u001b\[[0-9;]*m|[^]/gu;
