import { harmless, paint, type Style } from '../output.js';
import { pad } from '../table.js';
import { counted, type Level } from './check.js';
import type { CheckedFinding } from './run-checks.js';

export interface DiagnoseReport {
  readonly problems: number;
  readonly warnings: number;
  readonly findings: readonly CheckedFinding[];
}

const STYLES: Readonly<Record<Level, Style>> = { ok: 'green', warning: 'yellow', problem: 'red' };
const LEVEL_WIDTH = 'problem'.length;
const ARROW = '→ ';

export function reportOf(findings: readonly CheckedFinding[]): DiagnoseReport {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  return { problems: count('problem'), warnings: count('warning'), findings };
}

/** For people: a line for each finding, its mend below it, and the sum of it all. */
export function reportText({ problems, warnings, findings }: DiagnoseReport, columns = Infinity): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = width + LEVEL_WIDTH + 4;
  const lines = findings.flatMap(({ check, level, message, mend }, at) => {
    const first = findings[at - 1]?.check === check ? '' : check;
    const head = `${pad(first, width)}  ${paint(STYLES[level], pad(level, LEVEL_WIDTH))}  `;
    const [line = '', ...more] = wrapped(harmless(message), columns - indent);
    const mends = mend === undefined ? [] : wrapped(`${ARROW}${mend}`, columns - indent);
    const below = [
      ...more,
      ...mends.map((text, nth) => (nth === 0 ? text : `${' '.repeat(ARROW.length)}${text}`)),
    ];
    return [`${head}${line}`, ...below.map((text) => `${' '.repeat(indent)}${text}`)];
  });
  const sum =
    problems + warnings === 0
      ? paint('green', 'Nothing is wrong.')
      : paint(
          problems > 0 ? 'red' : 'yellow',
          `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`,
        );
  return [...lines, '', sum].join('\n');
}

/** Broken between words, into lines of at most `width`. */
function wrapped(text: string, width: number): string[] {
  const room = Math.max(30, width - ARROW.length);
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
