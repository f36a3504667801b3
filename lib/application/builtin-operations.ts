import { ANY } from '../lexicon/message-type.js';
import type { DurableStats } from '../durable/consumer-host.js';
import type { MessageCheck } from '../metadata/definitions.js';
import { OperationStats, type OperationStatsView } from '../runtime/operation-stats.js';
import type { Operation, ServiceRuntime } from '../runtime/service-runtime.js';
import { isFrom, type Subscriptions } from '../runtime/subscriptions.js';
import { lexemesOf } from './record-of-service.js';

/** How a message is described: the name of a lexeme, a primitive's type, or anything. */
type MessageName = string;

/** What `$describe` answers. */
export interface ServiceDescription {
  readonly name: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly operations: readonly {
    readonly name: string;
    readonly method: string;
    readonly accepts: MessageName;
    readonly returns: MessageName;
  }[];
  readonly events: readonly {
    readonly topic: string;
    readonly from?: string;
    readonly delivery: string;
    readonly durable?: true;
    readonly accepts: MessageName;
  }[];
  /** By name: label, version, and the JSON Schema (draft 2020-12). */
  readonly lexemes: Readonly<
    Record<
      string,
      { readonly label?: string; readonly version: number; readonly schema: Record<string, unknown> }
    >
  >;
}

/** What `$stats` answers. */
export interface ServiceStats {
  readonly operations: Readonly<Record<string, OperationStatsView>>;
  readonly events: Readonly<Record<string, OperationStatsView>>;
  /** Who listens to what this process publishes: service (an instance's id for clients), pattern, and how many instances. */
  readonly listeners: readonly {
    readonly service: string;
    readonly topic: string;
    readonly instances: number;
  }[];
  /** Of a service that listens durably: how each of its groups is doing, by topic or pattern (and publisher, where it hears one). */
  readonly durable?: Readonly<Record<string, DurableStats>>;
}

/** How the durable groups of a service are doing; undefined where it has none. */
type DurableStatsOf = (service: string) => ServiceStats['durable'];

const NONE: MessageCheck = { kind: 'none' };

/** Gives `$describe` or `$stats` of a service; undefined for any other name. */
export function builtinOperations(
  subscriptions: Subscriptions,
  durable: DurableStatsOf,
): (service: ServiceRuntime, name: string) => Operation | undefined {
  const answers: Readonly<Record<string, (service: ServiceRuntime) => unknown>> = {
    $describe: describe,
    $stats: (service) => statsOf(service, subscriptions, durable),
  };
  return (service, name) => {
    if (!Object.hasOwn(answers, name)) return undefined;
    const run = (): unknown => answers[name]!(service);
    return { name, method: name, accepts: NONE, returns: ANY, run, stats: new OperationStats() };
  };
}

export function describe(service: ServiceRuntime): ServiceDescription {
  const { name, version, metadata } = service;
  return {
    name,
    version,
    metadata,
    operations: service.operations().map((operation) => ({
      name: operation.name,
      method: operation.method,
      accepts: messageName(operation.accepts),
      returns: messageName(operation.returns),
    })),
    events: service.events.map(({ topic, from, delivery, durable, accepts }) => ({
      topic,
      ...(from === undefined ? {} : { from }),
      delivery,
      ...(durable === true ? { durable } : {}),
      accepts: messageName(accepts),
    })),
    lexemes: Object.fromEntries(
      lexemesOf(service).map((lexeme) => [
        lexeme.name,
        {
          ...(lexeme.label === undefined ? {} : { label: lexeme.label }),
          version: lexeme.version,
          schema: lexeme.jsonSchema(),
        },
      ]),
    ),
  };
}

/** Counts, errors and latencies of a service since the process started. */
export function statsOf(
  service: ServiceRuntime,
  subscriptions: Subscriptions,
  durable: DurableStatsOf,
): ServiceStats {
  const groups = durable(service.name);
  const listeners = new Map<string, { service: string; topic: string; instances: number }>();
  for (const { service: listener, pattern, from } of subscriptions.all()) {
    if (!isFrom(from, service.name)) continue;
    const key = `${listener}\n${pattern}`;
    const known = listeners.get(key);
    if (known === undefined) listeners.set(key, { service: listener, topic: pattern, instances: 1 });
    else known.instances++;
  }
  return {
    listeners: [...listeners.values()],
    operations: Object.fromEntries(service.operations().map(({ name, stats }) => [name, stats.view()])),
    events: Object.fromEntries(service.events.map(({ topic, stats }) => [topic, stats.view()])),
    ...(groups === undefined ? {} : { durable: groups }),
  };
}

function messageName(check: MessageCheck): MessageName {
  return check.kind === 'lexeme' ? check.lexeme.name : check.kind === 'primitive' ? check.type : check.kind;
}
