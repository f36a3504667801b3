import { AsyncLocalStorage } from 'node:async_hooks';
import type { InboundContext } from './inbound-context.js';

/**
 * The message being handled, wherever its handler's calls lead: this is how a nested request inherits
 * deadline, cancellation and trace. It slows every promise of the process down, so it is off until
 * something of the process can make such calls.
 */
export class CurrentMessage {
  private readonly storage = new AsyncLocalStorage<InboundContext>();
  private inUse = false;

  /** From now on messages are followed. */
  use(): void {
    this.inUse = true;
  }

  get(): InboundContext | undefined {
    return this.inUse ? this.storage.getStore() : undefined;
  }

  /** Runs `handler` as the handler of `context`. */
  run(context: InboundContext, handler: (context: InboundContext) => unknown): unknown {
    return this.inUse ? this.storage.run(context, handler, context) : handler(context);
  }
}

export const currentMessage = new CurrentMessage();
