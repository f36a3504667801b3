/** What a history says: pure functions, no clock, no files. Times are ms on the machine's monotonic clock. */
import type { Calls, Execution, Known, Sight } from './history.js';

/** A stretch of time; open where nothing is said. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

export type Failed = Readonly<Record<string, number>>;

/** Calls that were due within the span. */
export function within({ id, due }: Calls, { from = -Infinity, to = Infinity }: Span): number[] {
  return id.filter((n) => due[n]! >= from && due[n]! < to);
}

/** How many failed, by outcome. */
export function failedByOutcome(calls: Calls, span: Span = {}): Failed {
  const failed: Record<string, number> = {};
  for (const n of within(calls, span)) {
    const outcome = calls.outcome[n]!;
    if (outcome !== '') failed[outcome] = (failed[outcome] ?? 0) + 1;
  }
  return failed;
}

export function total(failed: Failed): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0);
}

/** The value that a share `p` of the values does not exceed; 0 for none. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? 0;
}

/** From when each was due to its answer, failed ones included. */
export function latencies(calls: Calls, span: Span = {}): number[] {
  return within(calls, span).map((n) => calls.ended[n]! - calls.due[n]!);
}

/** How many had been sent and not ended at a time. */
export function inFlightAt({ id, sent, ended }: Calls, at: number): number {
  return id.filter((n) => sent[n]! < at && ended[n]! > at).length;
}

/** Requests that a handler began more than `tolerance` ms after their deadline. */
export function executedAfterDeadline(
  calls: Calls,
  executions: readonly Execution[],
  timeout: number,
  tolerance: number,
): Execution[] {
  return executions.filter(({ id, at }) => id >= 0 && at > calls.sent[id]! + timeout + tolerance);
}

/** Requests that were begun more than once. */
export function executedTwice(executions: readonly Execution[]): number {
  const seen = new Set<number>();
  const again = new Set<number>();
  for (const { id } of executions) {
    if (seen.has(id)) again.add(id);
    else seen.add(id);
  }
  return again.size;
}

/** Calls that succeeded although nobody noted that it ran them. */
export function answeredUnexecuted({ id, outcome }: Calls, executions: readonly Execution[]): number {
  const ran = new Set(executions.map((execution) => execution.id));
  return id.filter((n) => outcome[n] === '' && !ran.has(n)).length;
}

/** Whether calls go there. */
export function isIn({ routable, breaker }: Sight): boolean {
  return routable && breaker === 'closed';
}

/** How long after `at` an instance was first seen to be out (or in, with `wanted` true); undefined: never. */
export function turned(
  sights: readonly Sight[],
  instance: string,
  at: number,
  wanted = false,
): number | undefined {
  const before = sights.findLast((sight) => sight.instance === instance && sight.at <= at);
  if (before !== undefined && isIn(before) === wanted) return 0;
  const first = sights.find(
    (sight) => sight.instance === instance && sight.at > at && isIn(sight) === wanted,
  );
  return first === undefined ? undefined : first.at - at;
}

/** How often instances were seen to go out, of those that `counted` admits. */
export function timesOut(
  sights: readonly Sight[],
  counted: (instance: string) => boolean = () => true,
): number {
  const inside = new Set<string>();
  let times = 0;
  for (const sight of sights) {
    if (!counted(sight.instance)) continue;
    if (isIn(sight)) inside.add(sight.instance);
    else if (inside.delete(sight.instance)) times++;
  }
  return times;
}

/** The part of the executions within a span that one server had. */
export function shareOf(
  executions: readonly Execution[],
  server: number,
  { from = -Infinity, to = Infinity }: Span = {},
): number {
  const all = executions.filter(({ id, at }) => id >= 0 && at >= from && at < to);
  return all.length === 0 ? 0 : all.filter((execution) => execution.server === server).length / all.length;
}

/** What of `wanted` is missing in `found`. */
export function missing(wanted: readonly number[], found: readonly number[]): number[] {
  const there = new Set(found);
  return wanted.filter((one) => !there.has(one));
}

/** How many of them come again. */
export function repeated(found: readonly number[]): number {
  return found.length - new Set(found).size;
}

/** How long after `at` a server knew `count` others, to keep knowing them; undefined: never. */
export function wholeAfter(
  known: readonly Known[],
  server: number,
  count: number,
  at: number,
): number | undefined {
  const own = known.filter((one) => one.server === server);
  const last = own.at(-1);
  if (last?.count !== count) return undefined;
  return Math.max(0, last.at - at);
}
