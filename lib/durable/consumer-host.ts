import type { Random } from '../../nucleus/clock.js';
import type { ContextHost } from '../runtime/inbound-context.js';
import type { DurableLog } from './durable-log.js';

/** What the consumers of a process share. */
export interface ConsumerHost extends ContextHost {
  readonly instance: string;
  readonly random: Random;
  readonly log: DurableLog;
  /** Deliveries of an event before it becomes a dead letter. */
  readonly deliveries: number;
  /** Before the second delivery, ms; doubled each time. */
  readonly retryDelay: number;
  /** How long a partition stays with an instance that says nothing, ms. */
  readonly visibility: number;
}

/** How a group is doing here, and how much it has to do anywhere. */
export interface DurableStats {
  /** Events that no instance has handled yet, as of a second ago. */
  readonly backlog: number;
  /** Those of them that this instance has read: being handled, waiting for their turn, or to be tried again. */
  readonly held: number;
  /** Those of them that wait to be tried again, and those behind them. */
  readonly retrying: number;
  /** Events that this instance has given up. */
  readonly deadLettered: number;
}
