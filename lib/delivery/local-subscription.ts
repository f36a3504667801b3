import type { Delivery } from '../../nucleus/delivery.js';
import type { SubscriptionRecord } from '../../nucleus/instance-record.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import { Lanes } from '../runtime/lanes.js';

/** Something of this process that wants events: a handler of a service, or of `client.subscribe`. */
export class LocalSubscription {
  readonly lanes: Lanes;
  /** Unsubscribed: what still waits is not handled. */
  ended = false;

  constructor(
    /** Unique in this process; on the wire the subscription's id. */
    readonly id: number,
    /** The listening service, or empty. */
    readonly service: string,
    readonly handler: EventHandler,
  ) {
    this.lanes = new Lanes(handler.concurrency);
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
    };
  }
}
