import type { Clock, Timer } from '../../nucleus/clock.js';

/** What is put into lanes. */
export interface Keyed {
  readonly key: string | undefined;
}

interface Lane<T> {
  readonly waiting: T[];
  /** Its first waits to be tried again. */
  resting: boolean;
}

/**
 * Runs at most `concurrency` at a time: in the order of arrival, and of one key one after another. What is to be
 * tried again rests with its key, and lets the others pass.
 */
export class KeyLanes<T extends Keyed> {
  private readonly ready: T[] = [];
  private readonly lanes = new Map<string, Lane<T>>();
  private readonly timers = new Set<Timer>();
  private running = 0;
  private restingCount = 0;

  constructor(
    private readonly clock: Clock,
    private readonly concurrency: number,
    /** Starts one; `ended` or `rest` follows. */
    private readonly start: (item: T) => void,
    /** Whether anything may start now. */
    private readonly mayStart: () => boolean,
  ) {}

  /** Those that rest, with those of the same key behind them. */
  get resting(): number {
    return this.restingCount;
  }

  add(item: T): void {
    const lane = item.key === undefined ? undefined : this.lanes.get(item.key);
    if (lane !== undefined) {
      lane.waiting.push(item);
      if (lane.resting) this.restingCount++;
      return;
    }
    if (item.key !== undefined) this.lanes.set(item.key, { waiting: [], resting: false });
    this.ready.push(item);
    this.pump();
  }

  /** Its handler has ended: another may run. */
  ended(): void {
    this.running--;
    this.pump();
  }

  /** Done with it: the next of its key may run. */
  release({ key }: T): void {
    if (key === undefined) return;
    const next = this.lanes.get(key)?.waiting.shift();
    if (next === undefined) this.lanes.delete(key);
    else this.ready.push(next);
    this.pump();
  }

  /** It is to be started again after `ms`. */
  rest(item: T, ms: number): void {
    const lane = item.key === undefined ? undefined : this.lanes.get(item.key);
    if (lane !== undefined) lane.resting = true;
    this.restingCount += 1 + (lane?.waiting.length ?? 0);
    const timer = this.clock.after(ms, () => {
      this.timers.delete(timer);
      if (lane !== undefined) lane.resting = false;
      this.restingCount -= 1 + (lane?.waiting.length ?? 0);
      this.ready.push(item);
      this.pump();
    });
    this.timers.add(timer);
  }

  /** Starts what can be started. */
  pump(): void {
    while (this.running < this.concurrency && this.ready.length > 0 && this.mayStart()) {
      this.running++;
      this.start(this.ready.shift()!);
    }
  }

  /** Nothing more starts by itself. */
  close(): void {
    for (const timer of this.timers) timer.cancel();
    this.ready.length = 0;
    this.lanes.clear();
  }
}
