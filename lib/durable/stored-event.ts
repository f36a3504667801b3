import type { Headers } from '../runtime/context.js';

/** An event as the log keeps it. */
export interface StoredEvent {
  /** 32 hex digits, the same in every group and at every delivery: what a handler knows a repeat by. */
  readonly id: string;
  readonly topic: string;
  /** The publishing service, or empty. */
  readonly by: string;
  /** The publishing instance. */
  readonly instance: string;
  /** Wall-clock time of the publish, ms since 1970. */
  readonly at: number;
  readonly key?: string;
  readonly version?: number;
  readonly headers?: Headers;
  readonly data?: unknown;
}

/** `data` is JSON already. */
export function encodeStored(event: Omit<StoredEvent, 'data'>, data: string | undefined): string {
  const head = JSON.stringify(event);
  return data === undefined ? head : `${head.slice(0, -1)},"data":${data}}`;
}

/** Undefined when the text is no event. */
export function decodeStored(text: string): StoredEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const event = value as Partial<Record<keyof StoredEvent, unknown>>;
  const isText = (field: unknown): boolean => typeof field === 'string';
  if (![event.id, event.topic, event.by, event.instance].every(isText)) return undefined;
  return value as StoredEvent;
}
