import { isObject } from '../record-check.js';
import type { ServiceDetail } from './http-api.js';
import { isOperationName, isServiceName, isTopic, MAX_NAMES, versionText } from './plausible.js';

/**
 * Reads an answer to `$describe` of `service`: undefined when it is not one, or holds more than 512 KiB of JSON.
 * Entries that cannot be true are left out.
 */
export function checkDescription(value: unknown, service: string): ServiceDetail | undefined {
  if (!isObject(value) || value.name !== service || !isServiceName(service)) return undefined;
  const { version, metadata, operations, events, lexemes } = value;
  const detail: ServiceDetail = {
    name: service,
    version: versionText(version),
    metadata: isObject(metadata) ? metadata : {},
    operations: listOf(operations, operationOf),
    events: listOf(events, eventOf),
    lexemes: isObject(lexemes) ? lexemesOf(lexemes) : {},
  };
  return JSON.stringify(detail).length <= MAX_TEXT ? detail : undefined;
}

function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_NAMES).flatMap((item) => read(item) ?? []);
}

function operationOf(value: unknown): ServiceDetail['operations'][number] | undefined {
  if (!isObject(value) || !isOperationName(value.name) || !isOperationName(value.method)) return undefined;
  const { name, method, accepts, returns } = value;
  return { name, method, accepts: typeName(accepts), returns: typeName(returns) };
}

function eventOf(value: unknown): ServiceDetail['events'][number] | undefined {
  if (!isObject(value) || !isTopic(value.topic)) return undefined;
  const { topic, from, delivery, durable, accepts } = value;
  return {
    topic,
    ...(isServiceName(from) && { from }),
    delivery: delivery === 'broadcast' ? 'broadcast' : 'group',
    ...(durable === true && { durable }),
    accepts: typeName(accepts),
  };
}

function lexemesOf(given: Readonly<Record<string, unknown>>): ServiceDetail['lexemes'] {
  const found: [string, ServiceDetail['lexemes'][string]][] = [];
  for (const [name, value] of Object.entries(given).slice(0, MAX_NAMES)) {
    if (!TYPE.test(name) || !isObject(value) || !isObject(value.schema)) continue;
    const { label, version, schema } = value;
    found.push([
      name,
      {
        ...(isTopic(label) && { label }),
        version: Number.isSafeInteger(version) ? Number(version) : 1,
        schema,
      },
    ]);
  }
  return Object.fromEntries(found);
}

/** The name of a class, of a primitive, `any` or `none`. */
function typeName(value: unknown): string {
  return typeof value === 'string' && TYPE.test(value) ? value : 'any';
}

const TYPE = /^[\p{L}\p{N}_$.-]{1,255}$/u;
const MAX_TEXT = 512 * 1024;
