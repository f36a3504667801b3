import { splitEndpoint } from './endpoint.js';
import { RECORD_VERSION, type InstanceRecord } from './instance-record.js';

/**
 * The record in `value`, or undefined when it is not one of this version: records come from a registry, a
 * network or a file, and are not to be trusted. Fields that the record's layout does not know are dropped.
 */
export function checkRecord(value: unknown): InstanceRecord | undefined {
  if (!isObject(value) || value.v !== RECORD_VERSION) return undefined;
  const { id, revision, environment, host, endpoint, eventsEndpoint, services, subscriptions } = value;
  if (!isInstanceId(id) || !isCount(revision) || revision < 1) return undefined;
  if (!isText(environment) || !isText(host)) return undefined;
  if (!isEndpoint(endpoint) || !isEndpoint(eventsEndpoint)) return undefined;
  if (!isListOf(services, isService) || !isListOf(subscriptions, isSubscription)) return undefined;
  const { draining, publicKey, signature } = value;
  return {
    v: RECORD_VERSION,
    id,
    revision,
    environment,
    host,
    endpoint,
    eventsEndpoint,
    services,
    subscriptions,
    ...(draining === true && { draining }),
    ...(isText(publicKey) && { publicKey }),
    ...(isText(signature) && { signature }),
  };
}

/** As {@link checkRecord}, from JSON text; undefined also when the text is not JSON or holds more than 1 MiB. */
export function parseRecord(text: string): InstanceRecord | undefined {
  return checkRecord(parseJson(text));
}

/** JSON without the keys that could reach a prototype; undefined when it is no JSON or too long. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_TEXT) return undefined;
  try {
    // A reviver takes several times as long, and everybody reads the records of everybody.
    if (!MAYBE_UNSAFE.test(text)) return JSON.parse(text);
    return JSON.parse(text, (key, value: unknown) => (UNSAFE_KEYS.has(key) ? undefined : value));
  } catch {
    return undefined;
  }
}

/** 32 lower-case hex digits. */
export function isInstanceId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number, 0 or more. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function isEndpoint(value: unknown): value is string {
  return typeof value === 'string' && splitEndpoint(value) !== undefined;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME;
}

function isListOf<T>(value: unknown, check: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.length <= MAX_ITEMS && value.every(check);
}

function isService(value: unknown): value is InstanceRecord['services'][number] {
  return (
    isObject(value) &&
    isText(value.name) &&
    isText(value.version) &&
    isListOf(value.operations, isOperation) &&
    isListOf(value.lexemes, isLexeme) &&
    (value.metadata === undefined || isObject(value.metadata))
  );
}

function isOperation(value: unknown): value is { name: string; method: string; idempotent?: boolean } {
  return (
    isObject(value) &&
    isText(value.name) &&
    isText(value.method) &&
    (value.idempotent === undefined || typeof value.idempotent === 'boolean')
  );
}

function isLexeme(value: unknown): value is { label: string; version: number } {
  return isObject(value) && isText(value.label) && isCount(value.version);
}

function isSubscription(value: unknown): value is InstanceRecord['subscriptions'][number] {
  return (
    isObject(value) &&
    isText(value.service) &&
    (value.from === undefined || isText(value.from)) &&
    isText(value.topic) &&
    (value.delivery === 'group' || value.delivery === 'broadcast') &&
    (value.durable === undefined || typeof value.durable === 'boolean')
  );
}

const MAX_TEXT = 1024 * 1024;
const MAX_NAME = 1024;
const MAX_ITEMS = 10_000;
const UNSAFE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** One of the keys, or an escape in which one could hide. */
const MAYBE_UNSAFE = /__proto__|constructor|prototype|\\u/;
