import type { LoadReport } from './load.js';
import { paint } from './output.js';
import { pad, table } from './table.js';

const WIDTH = 40;
const BLOCKS = ' ▏▎▍▌▋▊▉';

/** A load test's report for people: throughput, errors, percentiles, a histogram. */
export function loadText({ sent, ok, seconds, perSecond, errors, latency, buckets }: LoadReport): string {
  const failed = sent - ok;
  const lines = [
    `${grouped(sent)} requests in ${seconds.toFixed(2)} s: ${paint('bold', `${grouped(Math.round(perSecond))} answers/s`)}`,
    failed === 0
      ? paint('green', 'no errors')
      : paint('red', `${grouped(failed)} failed (${((100 * failed) / sent).toFixed(1)} %)`),
  ];
  for (const [code, count] of Object.entries(errors))
    lines.push(`  ${pad(grouped(count), 8, 'right')}  ${code}`);
  if (ok === 0) return lines.join('\n');
  const { min, mean, p50, p90, p99, p999, max } = latency;
  const columns = ['MIN', 'MEAN', 'P50', 'P90', 'P99', 'P99.9', 'MAX'].map(
    (title) => ({ title, align: 'right' }) as const,
  );
  const most = Math.max(...buckets.map(({ count }) => count));
  const edge = Math.max(...buckets.map(({ ms }) => String(ms).length));
  const digits = grouped(most).length;
  return [
    ...lines,
    '',
    'latency, ms',
    table(columns, [[min, mean, p50, p90, p99, p999, max].map((value) => value.toFixed(2))]),
    '',
    ...buckets.map(
      ({ ms, count }) =>
        `up to ${pad(String(ms), edge, 'right')} ms  ${pad(grouped(count), digits, 'right')}  ${paint('cyan', bar(count / most))}`,
    ),
  ].join('\n');
}

/** A bar of at most 40 characters; whatever is there at all can be seen. */
function bar(part: number): string {
  const eighths = Math.max(1, Math.round(part * WIDTH * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (BLOCKS[eighths % 8] ?? '').trim();
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
