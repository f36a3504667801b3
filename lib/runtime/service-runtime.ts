import type { MessageCheck } from '../metadata/definitions.js';
import type { Delivery } from '../../nucleus/delivery.js';
import { AtomError } from '../errors.js';
import type { MessageContext } from './context.js';
import type { GapListener } from './gap.js';
import { compose, type Middleware } from './middleware.js';
import { Gate } from './gate.js';
import { OperationStats } from './operation-stats.js';
import { topicMatcher } from './topic.js';

/** What a handler is when nothing of its class is left: a function of the checked message. */
export type Handler = (data: never, context: MessageContext) => unknown;

/** An operation, ready to run. */
export interface Operation {
  readonly name: string;
  /** The method's name, which the operation answers to as well. */
  readonly method: string;
  readonly accepts: MessageCheck;
  readonly returns: MessageCheck;
  /** Running it twice does no harm. Default false. */
  readonly idempotent?: boolean;
  /** Requests of it that run at a time. Default: no limit of its own. */
  readonly concurrency?: number | undefined;
  /** How long its handler may take, ms. Default: as long as the caller waits. */
  readonly timeout?: number | undefined;
  /** Its own limit, its service's, its application's; undefined where there is none. */
  readonly gates?: readonly Gate[] | undefined;
  /** It has gates or a timeout. */
  readonly isLimited?: boolean;
  /** Middleware and handler as one. */
  readonly run: (context: MessageContext) => unknown;
  readonly stats: OperationStats;
}

/** A subscription of a service, ready to run. */
export interface EventHandler {
  readonly topic: string;
  readonly from: string | undefined;
  readonly delivery: Delivery;
  readonly concurrency: number;
  /** Its events come from the log; what is published live all the same reaches it too, and is complained of. */
  readonly durable?: boolean;
  readonly accepts: MessageCheck;
  readonly matches: (topic: string) => boolean;
  readonly run: (context: MessageContext) => unknown;
  /** Told of live events that were lost. */
  readonly onGap?: GapListener | undefined;
  readonly stats: OperationStats;
}

/** Runs `handler` inside `layers`, the first outermost. */
export function wrap(layers: readonly Middleware[], handler: Handler): (context: MessageContext) => unknown {
  const call = handler as (data: unknown, context: MessageContext) => unknown;
  if (layers.length === 0) return (context) => call(context.data, context);
  return (context) => compose(layers, context, () => call(context.data, context));
}

/** Makes a handler ready to match topics and to count. */
export function eventHandler(handler: Omit<EventHandler, 'stats' | 'matches'>): EventHandler {
  return { ...handler, matches: topicMatcher(handler.topic), stats: new OperationStats() };
}

/** One service of this process: its operations by name, its event handlers. */
export class ServiceRuntime {
  private readonly table = new Map<string, Operation>();
  readonly events: EventHandler[] = [];

  constructor(
    readonly name: string,
    readonly version: string,
    readonly metadata: Readonly<Record<string, unknown>>,
    /** Limits of all its operations together. */
    private readonly gates: readonly Gate[] = [],
  ) {}

  /** @throws AtomError `ALREADY_EXISTS` when the name, or the method's, is taken by another operation */
  add(operation: Omit<Operation, 'stats' | 'gates' | 'isLimited'>): void {
    const { name: own, concurrency, timeout } = operation;
    const gates = [
      ...(concurrency === undefined ? [] : [new Gate(`'${this.name}::${own}'`, concurrency)]),
      ...this.gates,
    ];
    const added = {
      ...operation,
      gates,
      isLimited: gates.length > 0 || timeout !== undefined,
      stats: new OperationStats(),
    };
    for (const name of new Set([operation.name, operation.method])) {
      if (this.table.has(name)) {
        throw new AtomError('ALREADY_EXISTS', `'${this.name}' has an operation '${name}' already`, {
          service: this.name,
          operation: name,
        });
      }
    }
    this.table.set(operation.name, added);
    this.table.set(operation.method, added);
  }

  /** @returns false when there is no such operation */
  remove(name: string): boolean {
    const operation = this.table.get(name);
    if (operation === undefined) return false;
    this.table.delete(operation.name);
    this.table.delete(operation.method);
    return true;
  }

  listen(handler: Omit<EventHandler, 'stats' | 'matches'>): EventHandler {
    const added = eventHandler(handler);
    this.events.push(added);
    return added;
  }

  /** By the operation's name or its method's. */
  operation(name: string): Operation | undefined {
    return this.table.get(name);
  }

  operations(): readonly Operation[] {
    return [...new Set(this.table.values())];
  }
}
