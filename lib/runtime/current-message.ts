import { AsyncLocalStorage } from 'node:async_hooks';
import type { InboundContext } from './inbound-context.js';

/**
 * The message being handled, wherever its handler's calls lead: this is how a nested request inherits
 * deadline, cancellation and trace.
 */
export const currentMessage = new AsyncLocalStorage<InboundContext>();
