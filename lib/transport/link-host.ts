import type { Clock } from '../../nucleus/clock.js';
import { BatchEncoder } from './batch-encoder.js';
import { MAX_BATCH_BYTES } from './outbox.js';
import { DEFAULT_BUDGET, DEFAULT_MAX_BODY, type TransportOptions } from './transport.js';

/** What the links of one transport share. */
export class LinkHost {
  readonly encoder: BatchEncoder;
  /** Bytes that may wait for one recipient. */
  readonly budget: number;
  /** Largest frame that is taken: who sends a larger one is disconnected. */
  readonly maxFrame: number;
  /** How many messages were dropped because they were malformed. */
  malformed = 0;

  readonly fault: (error: unknown) => void;

  constructor(
    { instance, budget = DEFAULT_BUDGET, maxBody = DEFAULT_MAX_BODY, fault }: TransportOptions,
    readonly clock: Clock,
  ) {
    this.encoder = new BatchEncoder(instance, clock);
    this.budget = budget;
    this.fault = fault ?? (() => undefined);
    // A batch is one body in its envelope, or up to its limit in UTF-16 units of at most three bytes each.
    this.maxFrame = maxBody + 4 * MAX_BATCH_BYTES;
  }
}
