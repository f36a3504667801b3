import { createHistogram } from 'node:perf_hooks';
import { AtomError } from '../../lib/errors.js';
import { interruption } from './interrupt.js';

export interface LoadOptions {
  /** Calls in all; `Infinity` where only the time counts. */
  readonly count: number;
  /** Calls under way at a time. */
  readonly concurrency: number;
  /** ms; `Infinity` where only the count counts. */
  readonly duration: number;
}

/** What a load test has measured. Latencies in ms, of answered calls only. */
export interface LoadReport {
  readonly sent: number;
  readonly ok: number;
  readonly seconds: number;
  /** Answered calls a second. */
  readonly perSecond: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly latency: {
    readonly min: number;
    readonly mean: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
  /** Calls up to `ms`, above the bucket before. */
  readonly buckets: readonly { readonly ms: number; readonly count: number }[];
}

/** Calls again and again, `concurrency` at a time. An interruption ends it early; what was measured is told. */
export async function runLoad(
  options: LoadOptions,
  call: (signal: AbortSignal) => Promise<unknown>,
  tell: (done: number) => void,
): Promise<LoadReport> {
  const { count, concurrency, duration } = options;
  const stopped = interruption();
  const histogram = createHistogram({ figures: 3 });
  const samples = new Map<number, number>();
  const errors: Record<string, number> = {};
  const started = performance.now();
  let sent = 0;
  let done = 0;
  let ok = 0;

  const worker = async (): Promise<void> => {
    while (sent < count && performance.now() - started < duration && !stopped.aborted) {
      sent++;
      const before = performance.now();
      try {
        await call(stopped);
        const micros = Math.max(1, Math.round((performance.now() - before) * 1000));
        histogram.record(micros);
        const bucket = bucketOf(micros);
        samples.set(bucket, (samples.get(bucket) ?? 0) + 1);
        ok++;
      } catch (error) {
        if (stopped.aborted) {
          sent--;
          break;
        }
        const { code } = AtomError.from(error);
        errors[code] = (errors[code] ?? 0) + 1;
      }
      tell(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));

  const seconds = (performance.now() - started) / 1000;
  const ms = (micros: number): number => Math.round(micros) / 1000;
  const at = (percentile: number): number => (ok === 0 ? 0 : ms(histogram.percentile(percentile)));
  return {
    sent,
    ok,
    seconds,
    perSecond: ok / seconds,
    errors,
    latency: {
      min: ok === 0 ? 0 : ms(histogram.min),
      mean: ok === 0 ? 0 : ms(histogram.mean),
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: ok === 0 ? 0 : ms(histogram.max),
    },
    buckets: [...samples].sort(([a], [b]) => a - b).map(([micros, count]) => ({ ms: micros / 1000, count })),
  };
}

/** The bucket's upper edge: 1, 2 or 5 times a power of ten, in microseconds. */
function bucketOf(micros: number): number {
  const power = 10 ** Math.floor(Math.log10(micros));
  return [1, 2, 5, 10].map((step) => step * power).find((edge) => micros <= edge) ?? 10 * power;
}
