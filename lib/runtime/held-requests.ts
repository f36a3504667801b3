import { AtomError } from '../errors.js';
import { encodeError } from '../wire/error-reply.js';
import { Gate } from './gate.js';
import type { HeldRequest, HeldRequestOwner } from './held-request.js';
import type { ContextHost } from './inbound-context.js';
import { Lanes } from './lanes.js';
import { Remembered } from './remembered.js';

/** Requests with keys that may wait for one another. */
const MAX_KEYED = 10_000;
/** While that many wait, those that are over are looked for at most this often, ms. */
const LOOK_EVERY = 10;
/** What an answer of a handler that did not throw begins with. */
const RESULT = '{"t":"res"';

/** Runs requests when their limits and keys allow it, ends those that take too long, and remembers what is asked for again. */
export class HeldRequests implements HeldRequestOwner {
  private readonly remembered = new Remembered<HeldRequest>();
  /** Requests with equal keys run one after another. */
  private readonly keyed = new Lanes(1);
  /** Those that wait for others of their key, the oldest first. */
  private readonly inLine = new Set<HeldRequest>();
  private lookedAt = -Infinity;

  constructor(
    private readonly host: ContextHost,
    /** One that was not run has been answered; it counted as running. */
    private readonly ended: () => void,
  ) {}

  take(held: HeldRequest, now: number): void {
    const { memory } = held;
    if (memory === undefined || !this.remembered.isRepeat(memory, held, now)) this.enter(held, now);
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
    this.ended();
  }

  cutShort(held: HeldRequest, error: AtomError): void {
    // Its repeats wait on: until the handler has ended nothing is known of what it did.
    this.tell(held, encodeError(held.id, error, 'FAILED'));
    held.context.cancel(error);
  }

  finish(held: HeldRequest, part: string, hasRun: boolean): void {
    this.tell(held, part);
    if (held.memory !== undefined) this.settle(held, held.memory, part, hasRun);
    this.host.deadlines.remove(held);
    if (held.inside) Gate.leave(held, this.host.clock.now());
    held.ended?.();
  }

  cancel(held: HeldRequest, reason: AtomError): void {
    const { memory } = held;
    if (memory !== undefined && this.remembered.isAwaited(memory, held, this.host.clock.now())) return;
    held.context.cancel(reason);
    const waited = this.leaveLine(held) || (memory !== undefined && this.remembered.leave(memory, held));
    if (waited) this.refuse(held, reason);
  }

  share(held: HeldRequest, part: string): void {
    held.context.finish();
    this.tell(held, part);
    this.ended();
  }

  private enter(held: HeldRequest, now: number): void {
    const { key } = held;
    if (key === undefined) {
      Gate.enter(held, now);
      return;
    }
    if (this.inLine.size >= MAX_KEYED) this.dropOver(now);
    if (this.inLine.size >= MAX_KEYED) {
      held.refuse(
        new AtomError('RESOURCE_EXHAUSTED', `${MAX_KEYED} requests with keys wait for one another`),
      );
      return;
    }
    held.turn = () => this.inTurn(held);
    this.inLine.add(held);
    this.keyed.run(held.context.service, key, held.turn);
  }

  private inTurn(held: HeldRequest): void | Promise<void> {
    this.inLine.delete(held);
    held.turn = undefined;
    let isOver = false as boolean;
    held.ended = () => (isOver = true);
    Gate.enter(held, this.host.clock.now());
    if (!isOver) return new Promise((resolve) => (held.ended = resolve));
  }

  /** Takes it out of the lane of its key; false when it does not wait there. */
  private leaveLine(held: HeldRequest): boolean {
    if (held.turn === undefined) return false;
    this.inLine.delete(held);
    this.keyed.withdraw(held.context.service, held.key!, held.turn);
    held.turn = undefined;
    return true;
  }

  /** What nobody waits for must not keep others out: one handler that hangs would in the end. */
  private dropOver(now: number): void {
    if (now - this.lookedAt < LOOK_EVERY) return;
    this.lookedAt = now;
    for (const held of [...this.inLine]) {
      const over = held.over(now);
      if (over !== undefined && this.leaveLine(held)) held.refuse(over);
    }
  }

  private settle(held: HeldRequest, memory: string, part: string, hasRun: boolean): void {
    const now = this.host.clock.now();
    // What was cut off in the middle says nothing of what it would have been; what came to its end all the same does.
    if (hasRun && (held.context.cancelReason === undefined || part.startsWith(RESULT))) {
      this.remembered.settle(memory, held, part, true, now);
    } else if (held.over(now) !== undefined) {
      const next = this.remembered.giveUp(memory, held, now);
      if (next !== undefined) this.enter(next, now);
    } else this.remembered.settle(memory, held, part, false, now);
  }

  private tell(held: HeldRequest, part: string): void {
    if (held.answered) return;
    held.answered = true;
    held.send(part);
  }
}
