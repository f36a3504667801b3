import { AtomError } from '../errors.js';
import type { Expiring } from './deadlines.js';
import type { Entrant, Gate } from './gate.js';
import type { Holding, InboundContext } from './inbound-context.js';
import type { Task } from './lanes.js';
import type { Asker } from './remembered.js';
import type { Operation } from './service-runtime.js';

/** What the server does for requests that something holds up or cuts short. */
export interface HeldRequestOwner {
  run(held: HeldRequest, now: number): void;
  refuse(held: HeldRequest, error: AtomError): void;
  /** Its handler has taken longer than it may: answers for it. */
  cutShort(held: HeldRequest, error: AtomError): void;
  finish(held: HeldRequest, part: string, hasRun: boolean): void;
  cancel(held: HeldRequest, reason: AtomError): void;
  /** Another one's answer is its own too. */
  share(held: HeldRequest, part: string): void;
}

const NO_GATES: readonly Gate[] = Object.freeze([]);

/** A request that is not just run: its operation has limits, or it has a key or an idempotency key. */
export class HeldRequest implements Entrant, Expiring, Holding, Asker {
  bucket: Expiring['bucket'] = undefined;
  place = 0;
  /** It has been answered, though its handler may still run. */
  answered = false;
  /** It passed its gates. */
  inside = false;
  /** What runs it, while it waits for others of its key. */
  turn: Task | undefined;
  /** Called once it has ended, or was refused. */
  ended: (() => void) | undefined;

  constructor(
    private readonly owner: HeldRequestOwner,
    readonly operation: Operation,
    readonly context: InboundContext,
    /** What it is remembered by; undefined: it is not. */
    readonly memory: string | undefined,
    /** Those with equal ones run one after another. */
    readonly key: string | undefined,
    /** Runs its handler. */
    readonly start: (now: number) => void,
    /** Sends an answer to its caller. */
    readonly send: (part: string) => void,
    readonly id: number,
  ) {}

  get gates(): readonly Gate[] {
    return this.operation.gates ?? NO_GATES;
  }

  over(now: number): AtomError | undefined {
    const { context } = this;
    if (context.cancelReason !== undefined) return context.cancelReason;
    if (context.deadline > now) return undefined;
    return new AtomError('DEADLINE_EXCEEDED', `The deadline passed before '${context.service}' could run it`);
  }

  run(now: number): void {
    this.inside = true;
    this.owner.run(this, now);
  }

  refuse(error: AtomError): void {
    this.owner.refuse(this, error);
  }

  finish(part: string, hasRun: boolean): void {
    this.owner.finish(this, part, hasRun);
  }

  cancel(reason: AtomError): void {
    this.owner.cancel(this, reason);
  }

  share(part: string): void {
    this.owner.share(this, part);
  }

  expire(): void {
    const { service } = this.context;
    const { name, timeout } = this.operation;
    const message = `'${service}::${name}' did not end within its timeout of ${timeout}ms`;
    this.owner.cutShort(this, new AtomError('DEADLINE_EXCEEDED', message));
  }
}
