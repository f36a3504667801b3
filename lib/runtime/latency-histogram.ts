/** Buckets of one power of two: two significant digits, an error of at most 1 / 128. */
const STEPS = 128;
/** Microseconds; longer ones count as this: 35 minutes. */
const LONGEST = 2 ** 31 - 1;
/** Up to 2 * STEPS each value has a bucket of its own; then STEPS of them for each power of two up to 2^31. */
const BUCKETS = indexOf(LONGEST) + 1;

/**
 * Counts durations in buckets whose width grows with the duration, so that percentiles of any of them are as
 * exact. (The log-linear buckets of HdrHistogram. Node's own, `createHistogram`, costs several times as much for each
 * value, which is a notable part of handling an event.)
 */
export class LatencyHistogram {
  private readonly counts = new Uint32Array(BUCKETS);
  private total = 0;
  private longest = 0;

  /** The longest duration, ms; 0 before the first. */
  get max(): number {
    return this.longest;
  }

  record(ms: number): void {
    const bucket = indexOf(Math.min(LONGEST, Math.max(0, Math.round(ms * 1000))));
    this.counts[bucket] = this.counts[bucket]! + 1;
    this.total++;
    if (ms > this.longest) this.longest = ms;
  }

  /** The duration, ms, that `percent` of all recorded ones do not exceed; 0 before the first. */
  percentile(percent: number): number {
    if (this.total === 0) return 0;
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.total));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket]!;
      if (seen >= wanted) return Math.min(this.longest, upperEnd(bucket) / 1000);
    }
    return this.longest;
  }
}

function indexOf(us: number): number {
  if (us < 2 * STEPS) return us;
  const shift = 31 - Math.clz32(us) - 7;
  return shift * STEPS + (us >>> shift);
}

function upperEnd(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = Math.floor(bucket / STEPS) - 1;
  return (bucket - shift * STEPS + 1) * 2 ** shift - 1;
}
