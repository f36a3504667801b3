import type { InstanceRecord } from '../instance-record.js';
import { checkRecord, isInstanceId, isObject, parseJson } from '../record-check.js';

/** How long a record lives that is not renewed: it outlasts two renewals that were missed. */
export const LEASE_MS = 10_000;

/**
 * What the channel carries: a record that is new or changed, the id of one that was taken out by its owner, or
 * of one that a nucleus has taken out because the instance is dead as far as it can see: a hint.
 */
export type RegistryChange =
  { readonly put: InstanceRecord } | { readonly gone: string } | { readonly lost: string };

/**
 * Names of keys and channel. The hash tag (in braces) keeps all keys of an environment in one slot of a
 * Redis Cluster; the environment is percent-encoded, so that it cannot add braces of its own.
 */
export class RedisLayout {
  private readonly prefix: string;
  /** A hash: instance id to revision. Some may be stale: the lease is on the record. */
  readonly index: string;
  readonly channel: string;

  constructor(environment: string) {
    this.prefix = `{atom:${encodeURIComponent(environment)}}`;
    this.index = `${this.prefix}:instances`;
    this.channel = `${this.prefix}:changes`;
  }

  /** A string: the record as JSON, under its lease. */
  record(instance: string): string {
    return `${this.prefix}:instance:${instance}`;
  }
}

/** What a message of the channel says; undefined when it is malformed. */
export function decodeChange(text: string): RegistryChange | undefined {
  return checkChange(parseJson(text));
}

/** The change in `value`, or undefined when it is none. */
export function checkChange(value: unknown): RegistryChange | undefined {
  if (!isObject(value)) return undefined;
  if (isInstanceId(value.gone)) return { gone: value.gone };
  if (isInstanceId(value.lost)) return { lost: value.lost };
  const put = checkRecord(value.put);
  return put && { put };
}
