import type { Headers } from './context.js';
import type { LogListener } from './subscriptions.js';

/** An event, ready to be sent. `data` is encoded JSON. */
export interface OutgoingEvent {
  readonly topic: string;
  /** The publishing service, or empty. */
  readonly by: string;
  readonly data: string | undefined;
  /** The lexeme's, where there is one. */
  readonly version: number | undefined;
  readonly headers: Headers | undefined;
  /** Events with equal keys are handled one after another. */
  readonly key?: string | undefined;
  /** Those who get it from the log. The same list each time, as long as it holds the same. */
  readonly without?: readonly LogListener[];
}
