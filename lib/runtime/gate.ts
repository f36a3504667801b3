import { AtomError } from '../errors.js';
import { Queue } from './queue.js';

/** So many times its limit may wait at a gate. */
const WAITING_TIMES = 10;
/** And never more than this. */
const MAX_WAITING = 10_000;

/** Something that wants through gates, and is told once whether it may. */
export interface Entrant {
  /** All of them must have room. */
  readonly gates: readonly Gate[];
  /** Why it need not run any more; undefined while it has to. */
  over(now: number): AtomError | undefined;
  /** It holds its place in each gate until `leave`. */
  run(now: number): void;
  refuse(error: AtomError): void;
}

/**
 * Lets `limit` through at a time. Others wait in order, ten times as many at most; what is over while it waits is
 * dropped, and what finds no place is refused at once.
 */
export class Gate {
  private inside = 0;
  private readonly waiting = new Queue<Entrant>();
  private calling = false;

  /** `what` names it in errors. */
  constructor(
    private readonly what: string,
    private readonly limit: number,
  ) {}

  /** Sends `one` through its gates, has it wait at the first that is full, or refuses it. */
  static enter(one: Entrant, now: number): void {
    const over = one.over(now);
    if (over !== undefined) {
      one.refuse(over);
      return;
    }
    for (const gate of one.gates) {
      if (gate.inside < gate.limit) continue;
      if (!gate.wait(one, now)) one.refuse(gate.full());
      return;
    }
    for (const gate of one.gates) gate.inside++;
    one.run(now);
  }

  /** `one`, which was let through, has ended: others may come. */
  static leave(one: Entrant, now: number): void {
    for (const gate of one.gates) gate.inside--;
    for (const gate of one.gates) gate.call(now);
  }

  private wait(one: Entrant, now: number): boolean {
    const most = Math.min(MAX_WAITING, this.limit * WAITING_TIMES);
    if (this.waiting.length >= most) this.dropOver(now);
    if (this.waiting.length >= most) return false;
    this.waiting.push(one);
    return true;
  }

  /** What ends at once would call the next from within: a loop, lest a long queue deepen the stack. */
  private call(now: number): void {
    if (this.calling) return;
    this.calling = true;
    while (this.inside < this.limit && this.waiting.length > 0) Gate.enter(this.waiting.shift()!, now);
    this.calling = false;
  }

  private dropOver(now: number): void {
    for (const one of this.waiting.takeAll()) {
      const over = one.over(now);
      if (over === undefined) this.waiting.push(one);
      else one.refuse(over);
    }
  }

  private full(): AtomError {
    return new AtomError(
      'RESOURCE_EXHAUSTED',
      `${this.what} has its limit of ${this.limit} at a time (concurrency), and as many wait as may`,
    );
  }
}
