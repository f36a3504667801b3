import { AtomError } from '../errors.js';
import { encodeError } from '../wire/error-reply.js';
import { Gate } from './gate.js';
import type { HeldRequest, HeldRequestOwner } from './held-request.js';
import type { ContextHost } from './inbound-context.js';
import { Lanes } from './lanes.js';
import { Remembered } from './remembered.js';

/** Requests with keys that may wait for one another. */
const MAX_KEYED = 10_000;

/** Runs requests when their limits and keys allow it, ends those that take too long, and remembers what is asked for again. */
export class HeldRequests implements HeldRequestOwner {
  readonly remembered = new Remembered();
  /** Requests with equal keys run one after another. */
  private readonly keyed = new Lanes(1);

  constructor(
    private readonly host: ContextHost,
    /** One was refused; it counted as running. */
    private readonly refused: () => void,
  ) {}

  take(held: HeldRequest, key: string | undefined, now: number): void {
    if (key === undefined) Gate.enter(held, now);
    else if (this.keyed.size >= MAX_KEYED) {
      held.refuse(
        new AtomError('RESOURCE_EXHAUSTED', `${MAX_KEYED} requests with keys wait for one another`),
      );
    } else this.keyed.run(held.context.service, key, () => this.inTurn(held));
  }

  run(held: HeldRequest, now: number): void {
    const { timeout } = held.operation;
    if (timeout !== undefined && now + timeout < held.context.deadline) {
      this.host.deadlines.add(held, now + timeout);
    }
    held.start(now);
  }

  refuse(held: HeldRequest, error: AtomError): void {
    held.operation.stats.refused(error.code);
    held.context.finish();
    this.finish(held, encodeError(held.id, error, 'REJECTED'), false);
    this.refused();
  }

  cutShort(held: HeldRequest, error: AtomError): void {
    this.tell(held, encodeError(held.id, error, 'FAILED'), false);
    held.context.cancel(error);
  }

  finish(held: HeldRequest, part: string, hasRun: boolean): void {
    // What was cut off in the middle says nothing of what it would have been.
    this.tell(held, part, hasRun && held.context.cancelReason === undefined);
    this.host.deadlines.remove(held);
    if (held.inside) Gate.leave(held, this.host.clock.now());
    held.ended?.();
  }

  private inTurn(held: HeldRequest): void | Promise<void> {
    let isOver = false as boolean;
    held.ended = () => (isOver = true);
    Gate.enter(held, this.host.clock.now());
    if (!isOver) return new Promise((resolve) => (held.ended = resolve));
  }

  private tell(held: HeldRequest, part: string, keep: boolean): void {
    if (held.answered) return;
    held.answered = true;
    if (held.memory !== undefined) {
      this.remembered.settle(held.memory, held.id, part, keep, this.host.clock.now());
    }
    held.send(part);
  }
}
