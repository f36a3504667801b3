import type { Clock } from '../../nucleus/clock.js';
import type { Assignment, Attendance } from './durable-log.js';

/** Longest time between two words to a group, ms. */
const HEARTBEAT = 1000;
/** Instances that have ended and that a group is told of. */
const MAX_GONE = 1000;

/** Which partitions of a group are this instance's, and for how long it may rely on that. */
export class Leases {
  /** Events of the whole group, as of the last word. */
  backlog = 0;
  private owned: ReadonlySet<number> = new Set();
  /** To be given back: not read any more. */
  private readonly giving = new Set<number>();
  /** What of them was read, by this instance or the one before, has to be looked for. */
  private readonly unsure = new Set<number>();
  private readonly ended = new Set<string>();
  private told: readonly string[] = [];
  private until = -Infinity;
  private due = -Infinity;
  private sentAt = 0;
  private lookAgainAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly instance: string,
    private readonly visibility: number,
  ) {
    this.lookAgainAt = clock.now() + visibility;
  }

  /** True while no other instance can have been given this one's partitions for want of a word. */
  hold(): boolean {
    return this.clock.now() < this.until;
  }

  isDue(): boolean {
    return this.clock.now() >= this.due;
  }

  dueIn(): number {
    return Math.max(1, this.due - this.clock.now());
  }

  gone(instance: string): void {
    if (this.ended.size >= MAX_GONE) this.ended.clear();
    this.ended.add(instance);
    this.due = -Infinity;
  }

  /** What to say now; the lease counts from here. */
  attendance(holds: (partition: number) => boolean): Attendance {
    this.sentAt = this.clock.now();
    const give = [...this.giving].filter((partition) => !holds(partition));
    this.told = [...this.ended];
    return { instance: this.instance, lease: this.visibility, gone: this.told, give };
  }

  farewell(): Attendance {
    return { instance: this.instance, lease: 0, gone: [], give: [...this.owned] };
  }

  /** Takes the answer in; gives the partitions that were lost. */
  assigned({ partitions, share, backlog }: Assignment): ReadonlySet<number> {
    const before = this.owned;
    const now = this.clock.now();
    this.backlog = backlog;
    for (const instance of this.told) this.ended.delete(instance);
    this.owned = new Set(partitions);
    this.until = this.sentAt + this.visibility;
    this.due = this.sentAt + Math.min(HEARTBEAT, this.visibility / 5);
    for (const partition of partitions) if (!before.has(partition)) this.unsure.add(partition);
    if (now >= this.lookAgainAt) {
      // Nothing should be found; what a dying connection swallowed would wait for ever otherwise.
      this.lookAgainAt = now + this.visibility;
      this.doubt();
    }
    this.giving.clear();
    for (const partition of partitions.slice(share)) this.giving.add(partition);
    return new Set([...before].filter((partition) => !this.owned.has(partition)));
  }

  /** Partitions whose events that were read are to be looked for, before new ones are read. */
  toAdopt(): number[] {
    return [...this.unsure].filter((partition) => this.owned.has(partition));
  }

  adopted(partition: number): void {
    this.unsure.delete(partition);
  }

  doubt(): void {
    for (const partition of this.owned) this.unsure.add(partition);
  }

  /** The group is a new one. */
  forget(): void {
    this.owned = new Set();
    this.due = -Infinity;
  }

  readable(): number[] {
    return [...this.owned].filter((partition) => !this.giving.has(partition));
  }
}
