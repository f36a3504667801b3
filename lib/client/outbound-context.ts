import type { Clock } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import type { Caller, Headers, MessageContext } from '../runtime/context.js';
import { currentMessage } from '../runtime/current-message.js';
import { newTraceId } from '../runtime/trace.js';

/** What outbound middleware sees of a message that is about to be sent. */
export class OutboundContext implements MessageContext {
  readonly direction = 'outbound';
  readonly headers: Record<string, string>;
  readonly traceId: string;
  private readonly deadline: number;
  private never: AbortSignal | undefined;

  constructor(
    private readonly clock: Clock,
    readonly logger: Logger,
    readonly kind: 'request' | 'event' | 'signal',
    readonly service: string,
    readonly operation: string,
    readonly topic: string,
    public data: unknown,
    headers: Headers | undefined,
    readonly caller: Caller,
    timeout: number,
    private readonly aborts: AbortSignal | undefined,
  ) {
    // A copy that belongs to this message: what middleware adds to it is sent.
    this.headers = { ...headers };
    this.deadline = clock.now() + timeout;
    this.traceId = currentMessage.get()?.traceId ?? newTraceId();
  }

  get signal(): boolean {
    return this.kind === 'signal';
  }

  remaining(): number {
    return Math.max(0, this.deadline - this.clock.now());
  }

  get abortSignal(): AbortSignal {
    return this.aborts ?? (this.never ??= new AbortController().signal);
  }
}
