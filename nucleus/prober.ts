import type { Clock, Random } from './clock.js';
import type { InstanceProbe } from './discovery.js';
import type { InstanceRecord } from './instance-record.js';

/** `silent`: asked, and nobody answered. `skipped`: not asked, because it failed a moment ago or too many wait. */
export type ProbeResult = InstanceRecord | 'silent' | 'skipped';

export interface ProberOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How many are asked at the same time. Default: 16. */
  readonly concurrency?: number;
}

export interface AskOptions {
  /** Ask even if it failed a moment ago. */
  readonly urgent?: boolean;
  /** Who is expected there has been met before. */
  readonly met?: boolean;
}

interface Failure {
  /** How many times in a row. */
  readonly count: number;
  readonly at: number;
  /** Spreads the questions of many, 0.75 to 1.25. */
  readonly jitter: number;
}

/**
 * Asks endpoints who they are, within limits: at most 16 at a time and 1,000 waiting, one question per
 * endpoint, and an endpoint that did not answer is left alone for 0.2 s, then twice as long each time up to
 * 10 s, or 0.5 s where somebody has been there before: a partition heals without notice, and whoever was met is found
 * again soon. So a flood of forged hints costs little, and an honest one is followed at once.
 */
export class Prober {
  private probe: InstanceProbe | undefined;
  private readonly asked = new Map<string, Promise<ProbeResult>>();
  private readonly failures = new Map<string, Failure>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly options: ProberOptions) {}

  start(probe: InstanceProbe): void {
    this.probe = probe;
  }

  /** Who listens on `endpoint`? Never rejects. */
  ask(endpoint: string, { urgent = false, met = false }: AskOptions = {}): Promise<ProbeResult> {
    const already = this.asked.get(endpoint);
    if (already !== undefined) return already;
    if (this.probe === undefined || this.waiting.length >= MAX_WAITING) return Promise.resolve('skipped');
    if (!urgent && this.failedLately(endpoint, met ? LAST_WAIT_MET_MS : LAST_WAIT_MS)) {
      return Promise.resolve('skipped');
    }
    const answer = this.askOne(endpoint).finally(() => this.asked.delete(endpoint));
    this.asked.set(endpoint, answer);
    return answer;
  }

  /** Whoever waits is told `skipped`. */
  close(): void {
    this.probe = undefined;
    for (const go of this.waiting.splice(0)) go();
  }

  private async askOne(endpoint: string): Promise<ProbeResult> {
    const free = this.running < (this.options.concurrency ?? CONCURRENCY);
    if (free) this.running++;
    // A place that becomes free is handed over, not given back: nobody can slip in between.
    else await new Promise<void>((go) => this.waiting.push(go));
    try {
      if (this.probe === undefined) return 'skipped';
      const record = await this.probe.probe(endpoint, TIMEOUT_MS);
      this.failures.delete(endpoint);
      return record;
    } catch {
      this.remember(endpoint);
      return 'silent';
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  private failedLately(endpoint: string, lastWait: number): boolean {
    const failure = this.failures.get(endpoint);
    if (failure === undefined) return false;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (failure.count - 1), lastWait) * failure.jitter;
    return this.options.clock.now() < failure.at + wait;
  }

  private remember(endpoint: string): void {
    const count = (this.failures.get(endpoint)?.count ?? 0) + 1;
    this.failures.delete(endpoint);
    this.failures.set(endpoint, {
      count,
      at: this.options.clock.now(),
      jitter: 0.75 + this.options.random() / 2,
    });
    for (const oldest of this.failures.keys()) {
      if (this.failures.size <= MAX_FAILURES) break;
      this.failures.delete(oldest);
    }
  }
}

const CONCURRENCY = 16;
const TIMEOUT_MS = 1000;
const MAX_WAITING = 1000;
const MAX_FAILURES = 2000;
const FIRST_WAIT_MS = 200;
const LAST_WAIT_MS = 10_000;
const LAST_WAIT_MET_MS = 500;
