import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * What a process that runs specs notes as it goes, a line each, so that what happened is known even when the
 * process dies. `start` without its `pass`, `fail` or `skip` is the spec that it died in.
 */
export type SpecEvent =
  | { readonly type: 'start'; readonly title: string }
  | { readonly type: 'pass' | 'skip'; readonly title: string; readonly ms: number }
  | { readonly type: 'fail'; readonly title: string; readonly ms: number; readonly error?: string }
  /** Every spec has been run. */
  | { readonly type: 'end' }
  /** All was run, and the process would not end by itself. */
  | { readonly type: 'held'; readonly resources: readonly string[] };

export interface SpecResult {
  readonly title: string;
  readonly ms: number;
  /** Of one that failed: the first line of what it says. */
  readonly error?: string;
}

/** What became of one process of specs. */
export interface SuiteResult {
  readonly passed: readonly SpecResult[];
  readonly skipped: readonly SpecResult[];
  readonly failed: readonly SpecResult[];
}

export function note(log: string, event: SpecEvent): void {
  appendFileSync(log, JSON.stringify(event) + '\n');
}

/**
 * Reads what a process noted. One that died, or that ended without saying so, has failed whatever it counted.
 * @param exit how it ended, such as `exit code 0` or `SIGABRT`
 */
export function readResult(log: string, clean: boolean, exit: string): SuiteResult {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  const events = lines.map((line) => JSON.parse(line) as SpecEvent);
  const of = (type: 'pass' | 'fail' | 'skip'): SpecResult[] =>
    events.flatMap(({ type: is, ...event }) => (is === type ? [event as SpecResult] : []));

  const failed = of('fail');
  const last = events.at(-1);
  const held = events.find((event) => event.type === 'held');
  if (held) {
    failed.push({ title: `(does not end by itself, held open by ${held.resources.join(', ')})`, ms: 0 });
  } else if (!events.some((event) => event.type === 'end')) {
    const where = last?.type === 'start' ? `in "${last.title}"` : 'outside of a spec';
    failed.push({ title: `(the process ended ${where}: ${exit})`, ms: 0 });
  } else if (!clean && failed.length === 0) {
    failed.push({ title: `(the process failed after its last spec: ${exit})`, ms: 0 });
  }
  return { passed: of('pass'), skipped: of('skip'), failed };
}
