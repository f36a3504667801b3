import type { Clock, Timer } from '../../nucleus/clock.js';
import { encodeEnvelope } from '../wire/codec.js';
import type { Session } from './session.js';
import type { ActiveSubscription } from './subscriptions.js';

/** How often a session that got events is told the last sequences, ms. */
const HEARTBEAT = 1000;

/** Tells subscribers the last sequences within a second after their last events, so that the loss of the last is seen too. */
export class Heartbeats {
  /** Subscriptions that got events since the last heartbeat. */
  private readonly active = new Set<ActiveSubscription>();
  private timer: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  /** Something was meant for it. `start` follows. */
  add(subscription: ActiveSubscription): void {
    this.active.add(subscription);
  }

  start(): void {
    if (this.timer === undefined) this.timer = this.clock.after(HEARTBEAT, this.beat);
  }

  remove(subscription: ActiveSubscription): void {
    this.active.delete(subscription);
  }

  /** Tells now what is due. */
  flush(): void {
    const active = new Map<Session, ActiveSubscription[]>();
    for (const subscription of this.active) {
      const those = active.get(subscription.session);
      if (those === undefined) active.set(subscription.session, [subscription]);
      else those.push(subscription);
    }
    this.active.clear();
    for (const [session, those] of active) {
      const told = tell(session, those);
      // Its budget is full, so its last events were dropped, or are still to come: it is told of them later.
      for (const one of those) if (!told || one.sent !== undefined) this.active.add(one);
    }
  }

  close(): void {
    this.timer?.cancel();
  }

  private readonly beat = (): void => {
    this.timer = undefined;
    this.flush();
    if (this.active.size > 0) this.start();
  };
}

/** Tells a session the last sequences of its subscriptions. @returns false when its budget is full */
export function tell(session: Session, those: readonly ActiveSubscription[]): boolean {
  const n = those.map(({ id, sequence, sent = sequence }): [number, number] => [id, sent]);
  return session.channel.send(encodeEnvelope({ t: 'beat', n }));
}
