import type { Clock, Timer } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import { AtomError } from '../errors.js';
import {
  BacklogFull,
  type DurableGroup,
  type DurableLog,
  groupName,
  LogAway,
  type LogEntry,
} from './durable-log.js';

export interface SpillOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Events that may wait. */
  readonly maxEvents: number;
  /** Characters of the events that may wait. */
  readonly maxSize: number;
}

interface Item {
  readonly entry: LogEntry;
  readonly size: number;
  readonly resolve: (groups: readonly DurableGroup[]) => void;
  readonly reject: (error: AtomError) => void;
  readonly timer: Timer;
  /** An attempt was made whose answer was lost, or is under way. */
  maybeWritten: boolean;
}

/** Between attempts while the log is away, ms: doubled each time. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;
/** What an event takes beside its text, roughly. */
const OVERHEAD = 512;

/** Appends events in order; while the log is away they wait here, bounded, each until its deadline. */
export class Spill {
  /** Not acknowledged yet, in order. */
  private readonly items = new Set<Item>();
  private size = 0;
  private sending = 0;
  private isAway = false;
  private pause = FIRST_PAUSE;
  private retry: Timer | undefined;
  private idle: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly log: DurableLog,
    private readonly options: SpillOptions,
  ) {}

  /** Events that wait. */
  get waiting(): number {
    return this.items.size;
  }

  /** Resolves once the event is written, to the groups that it is kept for. @throws AtomError with an outcome */
  append(entry: LogEntry, timeout: number): Promise<readonly DurableGroup[]> {
    const size = OVERHEAD + entry.text.length;
    const { maxEvents, maxSize, clock } = this.options;
    if (this.closed) return Promise.reject(unavailable({ entry, maybeWritten: false }, CLOSED));
    if (this.items.size >= maxEvents || this.size + size > maxSize) return Promise.reject(this.full(entry));
    return new Promise((resolve, reject) => {
      const timer = clock.after(timeout, () => this.expire(item, timeout));
      const item: Item = { entry, size, resolve, reject, timer, maybeWritten: false };
      this.items.add(item);
      this.size += size;
      if (!this.isAway) void this.send(item);
    });
  }

  /** Resolves when nothing waits. */
  settled(): Promise<void> {
    return this.items.size === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  /** What still waits fails, and what comes later. */
  close(): void {
    this.closed = true;
    this.retry?.cancel();
    for (const item of [...this.items]) {
      this.take(item);
      item.reject(unavailable(item, CLOSED));
    }
  }

  private async send(item: Item): Promise<void> {
    this.sending++;
    try {
      const groups = await this.write(item);
      if (this.take(item)) item.resolve(groups);
      this.pause = FIRST_PAUSE;
    } catch (error) {
      this.failed(item, error);
    }
    this.sending--;
    // Only when nothing is under way any more is it known what has to be sent again, and in which order.
    // What was sent may have expired since; whether the log is back has to be found out all the same.
    if (this.sending === 0) this.goOn();
  }

  private async write(item: Item): Promise<readonly DurableGroup[]> {
    const before = item.maybeWritten;
    item.maybeWritten = true;
    try {
      return await this.log.append(item.entry);
    } catch (error) {
      item.maybeWritten = before || (error instanceof LogAway && error.maybeDone);
      throw error;
    }
  }

  private failed(item: Item, error: unknown): void {
    if (error instanceof LogAway) {
      if (!this.isAway) {
        this.isAway = true;
        this.options.logger.warn({ reason: error.message }, 'durable events wait: the log is away');
      }
      return;
    }
    if (!this.take(item)) return;
    item.reject(error instanceof BacklogFull ? backlogFull(item, error) : refused(item, error));
  }

  private goOn(): void {
    if (!this.isAway || this.retry !== undefined) return;
    this.retry = this.options.clock.after(this.pause, () => {
      this.retry = undefined;
      this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
      void this.probe();
    });
  }

  /** Sends the first; when that goes through, the rest follows in order. */
  private async probe(): Promise<void> {
    const [first] = this.items;
    if (first === undefined) {
      this.isAway = false;
      return;
    }
    this.isAway = false;
    await this.sendFirst(first);
    if (this.isAway) return this.goOn();
    this.options.logger.info({ waiting: this.items.size }, 'the durable log is back');
  }

  private async sendFirst(first: Item): Promise<void> {
    // Those that are published meanwhile queue behind it.
    this.isAway = true;
    this.sending++;
    let back = true;
    try {
      const groups = await this.write(first);
      if (this.take(first)) first.resolve(groups);
    } catch (error) {
      back = !(error instanceof LogAway);
      this.failed(first, error);
    }
    this.sending--;
    if (!back) return;
    this.isAway = false;
    this.pause = FIRST_PAUSE;
    for (const item of [...this.items]) void this.send(item);
  }

  private expire(item: Item, timeout: number): void {
    if (this.take(item)) item.reject(unavailable(item, `the log was away for ${timeout} ms`));
  }

  /** False when it was taken out before. */
  private take(item: Item): boolean {
    if (!this.items.delete(item)) return false;
    this.size -= item.size;
    item.timer.cancel();
    if (this.items.size === 0) for (const resolve of this.idle.splice(0)) resolve();
    return true;
  }

  private full({ topic }: LogEntry): AtomError {
    const { maxEvents, maxSize } = this.options;
    return new AtomError(
      'RESOURCE_EXHAUSTED',
      `Too many durable events wait to be written (${this.items.size}; the limits are ${maxEvents} events and ${maxSize} characters), so '${topic}' was not taken: ` +
        (this.isAway ? 'Redis is away' : 'await each publish, or publish less at a time'),
      { outcome: 'NOT_SENT' },
    );
  }
}

const CLOSED = 'the application has closed';

function unavailable({ entry, maybeWritten }: Pick<Item, 'entry' | 'maybeWritten'>, why: string): AtomError {
  const [outcome, what] = maybeWritten
    ? (['UNKNOWN', 'may or may not have been kept'] as const)
    : (['NOT_SENT', 'was not kept'] as const);
  return new AtomError('UNAVAILABLE', `The durable event '${entry.topic}' ${what}: ${why}`, { outcome });
}

function backlogFull({ entry, maybeWritten }: Item, { group, limit }: BacklogFull): AtomError {
  return new AtomError(
    'RESOURCE_EXHAUSTED',
    `The durable event '${entry.topic}' was not kept: ${limit} events (durable.maxBacklog) wait for '${groupName(group)}' already. ` +
      `Start ${group.service}, or more of it; if nobody is to handle them, \`atom dead-letters forget '${groupName(group)}'\` drops them`,
    { outcome: maybeWritten ? 'UNKNOWN' : 'NOT_SENT' },
  );
}

function refused({ entry, maybeWritten }: Item, cause: unknown): AtomError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AtomError('INTERNAL', `The durable event '${entry.topic}' was refused by the log: ${reason}`, {
    outcome: maybeWritten ? 'UNKNOWN' : 'NOT_SENT',
    cause,
  });
}
