import type { AtomCode } from '../errors.js';
import { LatencyHistogram } from './latency-histogram.js';

/** What is known of one operation or subscription, since the process started. */
export interface OperationStatsView {
  readonly count: number;
  readonly inFlight: number;
  readonly errors: Readonly<Partial<Record<AtomCode, number>>>;
  /** Of the handler, in milliseconds, within 1 %; zeros before the first message. */
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** How often each service called; `''` stands for clients that serve nothing. At most 100, the rest under `*`. */
  readonly callers: Readonly<Record<string, number>>;
  /** Of a subscription: live events that were seen to be missing. Absent while there were none. */
  readonly lost?: number;
}

const MAX_CALLERS = 100;
const REST = '*';

/** Counts and times one operation. */
export class OperationStats {
  /** Live events that were seen to be missing. */
  lost = 0;
  private count = 0;
  private inFlight = 0;
  private readonly errors: Partial<Record<AtomCode, number>> = {};
  private readonly callers = new Map<string, { count: number }>();
  private histogram: LatencyHistogram | undefined;

  started(caller: string): void {
    this.count++;
    this.inFlight++;
    const known = this.callers.get(caller);
    if (known !== undefined) known.count++;
    else if (this.callers.size < MAX_CALLERS || caller === REST) this.callers.set(caller, { count: 1 });
    else {
      this.inFlight--;
      this.count--;
      this.started(REST);
    }
  }

  /** Ended after `ms`, with an error's code or without one. */
  ended(ms: number, code: AtomCode | undefined): void {
    this.inFlight--;
    this.histogram ??= new LatencyHistogram();
    this.histogram.record(ms);
    if (code !== undefined) this.failed(code);
  }

  /** Refused before it ran. */
  refused(code: AtomCode): void {
    this.count++;
    this.failed(code);
  }

  view(): OperationStatsView {
    const at = (percent: number): number => this.histogram?.percentile(percent) ?? 0;
    return {
      count: this.count,
      inFlight: this.inFlight,
      errors: { ...this.errors },
      latency: { p50: at(50), p90: at(90), p99: at(99), max: this.histogram?.max ?? 0 },
      callers: Object.fromEntries([...this.callers].map(([caller, { count }]) => [caller, count])),
      ...(this.lost === 0 ? {} : { lost: this.lost }),
    };
  }

  private failed(code: AtomCode): void {
    this.errors[code] = (this.errors[code] ?? 0) + 1;
  }
}
