import { InboundContext } from '../runtime/inbound-context.js';
import type { DurableDelivery } from '../runtime/context.js';

/** The context of an event that came from the log. */
export class DurableContext extends InboundContext {
  durable: DurableDelivery | undefined;
}
