import type { Clock } from '../../nucleus/clock.js';
import type { Logger } from '../../nucleus/logger.js';
import type { Session } from './session.js';

/** A subscriber that takes events more slowly than they are published here. */
export interface SlowSubscriber {
  /** Id of its instance. */
  readonly instance: string;
  /** Events that were dropped for it, or wait in the ring, since it became slow. */
  readonly dropped: number;
  /** Bytes that wait for it. */
  readonly queuedBytes: number;
}

/** One for which nothing was dropped for this long is not slow any more, ms. */
const OVER_AFTER = 10_000;

/** Knows for whom events are dropped, and says so once for each time that it begins. */
export class SlowSubscribers {
  private readonly sessions = new Map<Session, { dropped: number; at: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** An event had no room in the session's byte budget. */
  dropped(session: Session): void {
    const now = this.clock.now();
    const known = this.sessions.get(session);
    if (known !== undefined && now - known.at < OVER_AFTER) {
      known.dropped++;
      known.at = now;
      return;
    }
    this.sessions.set(session, { dropped: 1, at: now });
    this.logger.warn(
      { subscriber: session.instance, queuedBytes: session.channel.queuedBytes },
      'a subscriber is too slow: events for it are dropped while its byte budget is full',
    );
  }

  forget(session: Session): void {
    this.sessions.delete(session);
  }

  list(): SlowSubscriber[] {
    const since = this.clock.now() - OVER_AFTER;
    return [...this.sessions]
      .filter(([, { at }]) => at > since)
      .map(([{ instance, channel }, { dropped }]) => ({
        instance,
        dropped,
        queuedBytes: channel.queuedBytes,
      }));
  }
}
