import { randomFillSync } from 'node:crypto';
import type { Headers } from './context.js';

/** `00-<trace id>-<span id>-<flags>`: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-|$)/;

/** The trace id that `headers` carry; undefined when they carry none or a broken one. */
export function traceIdOf(headers: Headers): string | undefined {
  const parent = headers.traceparent;
  return parent === undefined ? undefined : TRACEPARENT.exec(parent)?.[1];
}

export function newTraceId(): string {
  return randomHex(16);
}

/** The `traceparent` of a new span in trace `traceId`; the sampling flag is passed on. */
export function childTraceparent(traceId: string, parent: string | undefined): string {
  const flags = (parent === undefined ? undefined : TRACEPARENT.exec(parent)?.[2]) ?? '01';
  return `00-${traceId}-${randomHex(8)}-${flags}`;
}

const pool = Buffer.alloc(4096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
