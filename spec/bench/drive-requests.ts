import type { Requester } from './contender.js';
import { quantile } from './stats.js';
import { isAnswer, makeBody, type Size } from './workload.js';

export interface RequestPlan {
  /** Requests in flight at any time. */
  readonly depth: number;
  readonly size: Size;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export interface RequestFigures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Keeps `depth` requests in flight for the time, checks each answer, and rejects at the first wrong one. */
export function driveRequests(client: Requester, plan: RequestPlan): Promise<RequestFigures> {
  return new Promise((resolve, reject) => {
    const start = performance.now() + plan.warmUpMs;
    const end = start + plan.durationMs;
    const latencies: number[] = [];
    let id = 0;
    let running = plan.depth;

    const finish = (): void => {
      const sorted = Float64Array.from(latencies).sort();
      const perSecond = (1000 * sorted.length) / plan.durationMs;
      resolve({ perSecond, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) });
    };
    const next = (): void => {
      const body = makeBody(id++, plan.size);
      const sent = performance.now();
      client.request(body, (error, answer) => {
        if (error)
          return reject(error instanceof Error ? error : new Error('a request failed', { cause: error }));
        if (!isAnswer(body, answer)) return reject(new Error(`wrong answer to ${body.id}`));
        const now = performance.now();
        if (now >= start && now < end) latencies.push(now - sent);
        if (now < end) next();
        else if (--running === 0) finish();
      });
    };
    for (let slot = 0; slot < plan.depth; slot++) next();
  });
}
