import type { Delivery } from '../../nucleus/delivery.js';
import type { SubscriptionRecord } from '../../nucleus/instance-record.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import type { InboundContext } from '../runtime/inbound-context.js';
import { Lanes } from '../runtime/lanes.js';

/** Something of this process that wants events: a handler of a service, or of `client.subscribe`. */
export class LocalSubscription {
  readonly lanes: Lanes;
  /** Unsubscribed, or the process ends: what still waits is not handled. */
  ended = false;
  /** Events being handled by handlers that take their time. */
  readonly running = new Set<InboundContext>();

  constructor(
    /** Unique in this process; on the wire the subscription's id. */
    readonly id: number,
    /** The listening service, or empty. */
    readonly service: string,
    readonly handler: EventHandler,
  ) {
    this.lanes = new Lanes(handler.concurrency);
  }

  /** What waits is dropped at once, even behind a handler that never returns. */
  end(): void {
    this.ended = true;
    this.lanes.runWaiting();
  }

  get topic(): string {
    return this.handler.topic;
  }

  get from(): string | undefined {
    return this.handler.from;
  }

  get delivery(): Delivery {
    return this.handler.delivery;
  }

  get record(): SubscriptionRecord {
    return {
      service: this.service,
      topic: this.topic,
      delivery: this.delivery,
      ...(this.from === undefined ? {} : { from: this.from }),
      ...(this.handler.durable === true ? { durable: true } : {}),
    };
  }
}
