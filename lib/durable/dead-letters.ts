import { AtomError } from '../errors.js';
import { type DeadEntry, type DurableLog, groupName, LogAway } from './durable-log.js';
import { decodeStored } from './stored-event.js';

/** A durable event that was given up. */
export interface DeadLetter {
  readonly id: string;
  /** The service that could not handle it. */
  readonly service: string;
  readonly topic: string;
  /** Service and topic, or pattern, that it was delivered by. */
  readonly group: string;
  /** What its handler failed with, the last time. */
  readonly error: string;
  readonly deliveries: number;
  /** When it was given up, ms since 1970. */
  readonly at: number;
  /** Its id in its stream. */
  readonly original: string;
  /** `context.durable.id` of it. */
  readonly event: string;
  /** The publishing service, or empty. */
  readonly by: string;
  readonly key?: string;
  /** When it was published, ms since 1970. */
  readonly publishedAt: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly data?: unknown;
}

const PAGE = 200;

/** The dead letters of one service, or of all: `client.deadLetters(service)`. */
export class DeadLetters {
  /** @internal */
  constructor(
    private readonly log: DurableLog,
    private readonly service: string | undefined,
  ) {}

  /** Oldest first, at most `limit` (default 100), behind the one with the id `after`. @throws AtomError `UNAVAILABLE` */
  async list({ limit = 100, after }: { readonly limit?: number; readonly after?: string } = {}): Promise<
    readonly DeadLetter[]
  > {
    const found: DeadLetter[] = [];
    for await (const entry of this.entries(after)) {
      if (found.length >= limit) break;
      found.push(letterOf(entry));
    }
    return found;
  }

  /** @throws AtomError `NOT_FOUND`, `UNAVAILABLE` */
  async show(id: string): Promise<DeadLetter> {
    const entry = await reach(() => this.log.dead.get(id));
    if (entry === undefined || !this.isMine(entry)) throw this.none(id);
    return letterOf(entry);
  }

  /**
   * Has it handled again, as if it were new: with all its deliveries before it. Without an id: all that there are.
   * Gives how many. @throws AtomError `NOT_FOUND` also where the group is forgotten, `UNAVAILABLE`
   */
  async replay(id?: string): Promise<number> {
    return this.each(id, (one) => this.log.dead.replay(one));
  }

  /** Deletes it; without an id all that there are. Gives how many. @throws AtomError `NOT_FOUND`, `UNAVAILABLE` */
  async drop(id?: string): Promise<number> {
    return this.each(id, (one) => this.log.dead.drop(one));
  }

  private async each(id: string | undefined, act: (id: string) => Promise<boolean>): Promise<number> {
    if (id !== undefined) {
      await this.show(id);
      if (!(await reach(() => act(id)))) throw this.none(id);
      return 1;
    }
    // Those of now: what fails again meanwhile is not taken up a second time.
    const ids: string[] = [];
    for await (const entry of this.entries()) ids.push(entry.id);
    let count = 0;
    for (const one of ids) if (await reach(() => act(one))) count++;
    return count;
  }

  private async *entries(after?: string): AsyncGenerator<DeadEntry> {
    let last = after;
    for (;;) {
      const behind = last;
      const page = await reach(() => this.log.dead.list(PAGE, behind));
      yield* page.filter((entry) => this.isMine(entry));
      last = page.at(-1)?.id;
      if (page.length < PAGE) return;
    }
  }

  private isMine({ group }: DeadEntry): boolean {
    return this.service === undefined || group.service === this.service;
  }

  private none(id: string): AtomError {
    const whose = this.service === undefined ? '' : ` of '${this.service}'`;
    return new AtomError(
      'NOT_FOUND',
      `There is no dead letter '${id}'${whose} whose group exists; list() has those that there are`,
    );
  }
}

/** @throws AtomError `UNAVAILABLE` while the log is away */
export async function reach<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof LogAway)) throw error;
    throw new AtomError('UNAVAILABLE', `The durable log cannot be reached: ${error.message}`, {
      outcome: error.maybeDone ? 'UNKNOWN' : 'NOT_SENT',
      cause: error,
    });
  }
}

function letterOf({ id, group, error, deliveries, at, original, text }: DeadEntry): DeadLetter {
  const stored = decodeStored(text);
  const { key, headers, data } = stored ?? {};
  return {
    id,
    service: group.service,
    topic: stored?.topic ?? group.topic,
    group: groupName(group),
    error,
    deliveries,
    at,
    original,
    event: stored?.id ?? '',
    by: stored?.by ?? '',
    ...(key === undefined ? {} : { key }),
    publishedAt: stored?.at ?? 0,
    ...(headers === undefined ? {} : { headers }),
    ...(data === undefined ? {} : { data }),
  };
}
