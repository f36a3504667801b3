import type { Clock, Timer } from '../../nucleus/clock.js';
import { encodeEvent } from './event-text.js';
import type { ReplayRing } from './replay-ring.js';
import type { ActiveSubscription } from './subscriptions.js';

/** How often those who are behind are looked at, ms. */
const LOOK = 50;

/**
 * Sends subscribers what they missed, from the ring and in order, before anything new: a subscription that is behind
 * gets nothing directly until it has caught up.
 */
export class CatchUp {
  private readonly behind = new Set<ActiveSubscription>();
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ring: ReplayRing,
  ) {}

  /** It has what the ring could give up to `sent`; the rest follows as it has room. */
  begin(subscription: ActiveSubscription, sent: number): void {
    subscription.sent = sent;
    this.behind.add(subscription);
    this.timer ??= this.clock.after(LOOK, this.look);
  }

  /** Sends now what there is room for. */
  send(subscription: ActiveSubscription): void {
    const { id, session, sent = subscription.sequence } = subscription;
    for (const { event, sequence } of this.ring.after(subscription, sent)) {
      if (!session.channel.send(encodeEvent(id, sequence, event.tail))) return;
      subscription.sent = sequence;
    }
    this.end(subscription);
  }

  end(subscription: ActiveSubscription): void {
    subscription.sent = undefined;
    this.behind.delete(subscription);
  }

  /** Sends what there is room for; nobody is behind any more, and the rest is lost. */
  finish(): void {
    for (const subscription of this.behind) {
      this.send(subscription);
      this.end(subscription);
    }
  }

  close(): void {
    this.timer?.cancel();
  }

  private readonly look = (): void => {
    this.timer = undefined;
    for (const subscription of this.behind) this.send(subscription);
    if (this.behind.size > 0) this.timer = this.clock.after(LOOK, this.look);
  };
}
