import type { Clock, Timer } from '../clock.js';
import type { Directory, DirectoryEntry } from '../directory.js';
import type { MeshModel } from './mesh-model.js';
import { isServiceName, MAX_SERVICES } from './plausible.js';
import type { StatsSource } from './stats-source.js';

export interface StatsPollerOptions {
  readonly clock: Clock;
  readonly directory: Pick<Directory, 'list'>;
  readonly model: Pick<MeshModel, 'told' | 'silent'>;
  readonly source: Pick<StatsSource, 'stats'>;
  /** Instances that are not asked. */
  readonly hidden?: (instance: string) => boolean;
  /** How long a round over everybody takes at least, ms. Default 2,000. */
  readonly interval?: number;
  /** Questions a second, at most: what makes a round longer where there are many. Default 150. */
  readonly rate?: number;
  /** How many are asked at the same time. Default 32. */
  readonly concurrency?: number;
  /** How long one is given to answer, ms. Default 1,000. */
  readonly timeout?: number;
}

interface Question {
  readonly instance: string;
  readonly service: string;
}

/**
 * Asks every instance for `$stats` of each of its services, again and again, evenly over a round of 2 s; with more than
 * 300 to ask, as long as 150 a second take. Who is new is asked at once. Who did not answer is asked for one service only,
 * until it does. Silence is not held against anybody while this process itself was held up.
 */
export class StatsPoller {
  private questions: readonly Question[] = [];
  private asked = 0;
  private roundBegan = -Infinity;
  private fresh: Question[] = [];
  private seen = new Map<string, number>();
  private lastList: readonly DirectoryEntry[] | undefined;
  private readonly quiet = new Set<string>();
  private running = 0;
  private lastTick = 0;
  private heldUpUntil = -Infinity;
  private timer: Timer | undefined;

  constructor(private readonly options: StatsPollerOptions) {}

  start(): void {
    this.lastTick = this.options.clock.now();
    this.tick();
  }

  /** What is under way is no longer told to the model. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private readonly tick = (): void => {
    const now = this.options.clock.now();
    if (now - this.lastTick > HELD_UP_MS) this.heldUpUntil = now;
    this.lastTick = now;
    this.timer = this.options.clock.after(TICK_MS, this.tick);
    this.meet();
    const concurrency = this.options.concurrency ?? 32;
    const perTick = Math.max(1, Math.ceil((this.rate * TICK_MS) / 1000));
    let left = Math.min(perTick, concurrency - this.running);
    for (; left > 0 && this.fresh.length > 0; left--) this.ask(this.fresh.shift()!);
    const length = Math.max(this.options.interval ?? 2000, (this.questions.length / this.rate) * 1000);
    if (this.asked >= this.questions.length && now - this.roundBegan >= length) this.nextRound(now);
    const due = Math.floor(((now - this.roundBegan) / length) * this.questions.length) + 1;
    for (; left > 0 && this.asked < Math.min(due, this.questions.length); left--) {
      this.ask(this.questions[this.asked++]!);
    }
  };

  private get rate(): number {
    return this.options.rate ?? 150;
  }

  /** Those who are new, or offer something else than before. */
  private meet(): void {
    const list = this.options.directory.list();
    if (list === this.lastList) return;
    this.lastList = list;
    const seen = new Map<string, number>();
    for (const entry of list) {
      const { id, revision } = entry.record;
      seen.set(id, revision);
      if (this.seen.get(id) !== revision) this.fresh.push(...this.questionsTo(entry));
    }
    this.seen = seen;
    for (const id of this.quiet) if (!seen.has(id)) this.quiet.delete(id);
  }

  private nextRound(now: number): void {
    this.roundBegan = now;
    this.asked = 0;
    this.questions = this.options.directory.list().flatMap((entry) => this.questionsTo(entry));
  }

  private questionsTo({ state, record: { id, services } }: DirectoryEntry): readonly Question[] {
    if (state !== 'routable' || this.options.hidden?.(id) === true) return [];
    return services
      .filter(({ name }) => isServiceName(name))
      .slice(0, this.quiet.has(id) ? 1 : MAX_SERVICES)
      .map(({ name }) => ({ instance: id, service: name }));
  }

  private ask({ instance, service }: Question): void {
    const { clock, source, model } = this.options;
    const timeout = this.options.timeout ?? 1000;
    const began = clock.now();
    this.running++;
    const ended = (): boolean => {
      this.running--;
      return this.timer !== undefined;
    };
    source.stats(instance, service, timeout).then(
      (answer) => {
        if (!ended()) return;
        this.quiet.delete(instance);
        model.told(instance, service, answer, this.wasHeldUp(began) ? 0 : clock.now() - began);
      },
      (error: unknown) => {
        if (!ended() || !isSilence(error) || this.wasHeldUp(began)) return;
        this.quiet.add(instance);
        model.silent(instance, timeout);
      },
    );
  }

  /** Whether this process did not run for a while since then. */
  private wasHeldUp(since: number): boolean {
    return this.heldUpUntil >= since || this.options.clock.now() - this.lastTick > HELD_UP_MS;
  }
}

/** Whatever else went wrong says nothing of how fast the instance is. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'DEADLINE_EXCEEDED';
}

const TICK_MS = 100;
const HELD_UP_MS = 300;
