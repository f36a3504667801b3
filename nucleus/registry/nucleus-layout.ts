import { checkRecord, isInstanceId, isObject, isText, parseJson } from '../record-check.js';
import type { InstanceRecord } from '../instance-record.js';
import { checkChange, type RegistryChange } from './redis-layout.js';

/** The version of the messages; one of another version is malformed. */
export const NUCLEUS_VERSION = 1;

/** Where a nucleus serves its registry. */
export const NUCLEUS_PORT = 7993;

/** The largest message, in bytes: a record of 1 MiB and what is around it. */
export const MAX_NUCLEUS_MESSAGE = 1024 * 1024 + 16 * 1024;

/** What a client says. */
export type ClientMessage =
  /** Tell me of this environment: all that there is, then every change. */
  | { readonly do: 'watch'; readonly env: string }
  /** The next part of all that there is, please. */
  | { readonly do: 'more' }
  /** This record is new, or changed, or still true: its lease runs anew. */
  | { readonly do: 'put'; readonly record: InstanceRecord }
  /** The instance has left: final. */
  | { readonly do: 'gone'; readonly env: string; readonly id: string }
  | { readonly do: 'ping' };

/** What the nucleus says. */
export type NucleusMessage =
  | { readonly is: 'told'; readonly changes: readonly RegistryChange[] }
  /** As `told`, a part of what there was when the watch began; `more`: there is more to be asked for. */
  | { readonly is: 'page'; readonly changes: readonly RegistryChange[]; readonly more: boolean }
  /** `watching`: the nucleus tells this client of changes. */
  | { readonly is: 'pong'; readonly watching: boolean };

export function encodeNucleus(message: ClientMessage | NucleusMessage): string {
  return JSON.stringify({ atom: NUCLEUS_VERSION, ...message });
}

/** What a client says in `text`; undefined when it is malformed. */
export function decodeClient(text: string): ClientMessage | undefined {
  const value = decode(text);
  switch (value?.do) {
    case 'watch':
      return isEnvironment(value.env) ? { do: 'watch', env: value.env } : undefined;
    case 'put': {
      const record = checkRecord(value.record);
      return record && isEnvironment(record.environment) ? { do: 'put', record } : undefined;
    }
    case 'gone':
      return isEnvironment(value.env) && isInstanceId(value.id)
        ? { do: 'gone', env: value.env, id: value.id }
        : undefined;
    case 'more':
    case 'ping':
      return { do: value.do };
    default:
      return undefined;
  }
}

/** What the nucleus says in `text`; undefined when it is malformed. A change that is not one is left out. */
export function decodeNucleus(text: string): NucleusMessage | undefined {
  const value = decode(text);
  if (value?.is === 'pong') return { is: 'pong', watching: value.watching === true };
  if (value === undefined || !Array.isArray(value.changes)) return undefined;
  const changes = value.changes.map(checkChange).filter((change) => change !== undefined);
  if (value.is === 'told') return { is: 'told', changes };
  return value.is === 'page' ? { is: 'page', changes, more: value.more === true } : undefined;
}

function decode(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return isObject(value) && value.atom === NUCLEUS_VERSION ? value : undefined;
}

function isEnvironment(value: unknown): value is string {
  return isText(value) && value !== '';
}
