import type { Clock, Timer } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import type { Gap, GapListener } from '../runtime/gap.js';
import type { LocalSubscription } from './local-subscription.js';

/** Where live events are counted. */
export interface FeedCounts {
  /** Events that were seen to be missing. */
  lost: number;
  received: number;
}

/** Gaps are logged at most this often, ms. */
const LOG_EVERY = 10_000;

/** Counts what is missing, tells who wants to know, and logs it without flooding the log. */
export class Gaps {
  readonly counts: FeedCounts = { lost: 0, received: 0 };
  private quiet: Timer | undefined;
  private unlogged = { gaps: 0, events: 0 };

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onGap: GapListener | undefined,
  ) {}

  report({ handler }: LocalSubscription, gap: Gap): void {
    const { count = 0 } = gap;
    this.counts.lost += count;
    handler.stats.lost += count;
    this.log(gap);
    for (const listener of [this.onGap, handler.onGap]) this.tell(listener, gap);
  }

  close(): void {
    this.quiet?.cancel();
  }

  private tell(listener: GapListener | undefined, gap: Gap): void {
    try {
      listener?.(gap);
    } catch (error) {
      this.logger.error({ err: error }, 'onGap failed');
    }
  }

  private log(gap: Gap): void {
    if (this.quiet !== undefined) {
      this.unlogged.gaps++;
      this.unlogged.events += gap.count ?? 0;
      return;
    }
    this.logger.warn(gap, 'events were lost: this subscriber was too slow, or the connection broke');
    this.quiet = this.clock.after(LOG_EVERY, this.logRest);
  }

  private readonly logRest = (): void => {
    this.quiet = undefined;
    if (this.unlogged.gaps === 0) return;
    this.logger.warn(this.unlogged, 'more events were lost');
    this.unlogged = { gaps: 0, events: 0 };
    this.quiet = this.clock.after(LOG_EVERY, this.logRest);
  };
}
