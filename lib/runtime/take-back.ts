import { partsOfEvent } from './event-text.js';
import type { KeptEvent, ReplayRing } from './replay-ring.js';
import type { Session } from './session.js';
import type { ActiveSubscription } from './subscriptions.js';

/** An event that was queued for one instance of a group, and never left. */
export interface TakenBack {
  readonly subscription: ActiveSubscription;
  /** Its text after id and sequence. */
  readonly tail: string;
  readonly kept: KeptEvent | undefined;
}

/**
 * Takes the events of `subscriptions` back that wait in the session's queue: none of them was handed to the network,
 * so each may go elsewhere without ever being handled twice. They count as if they had never been meant for them.
 */
export function takeBack(
  session: Session,
  subscriptions: ReadonlyMap<number, ActiveSubscription>,
  ring: ReplayRing | undefined,
): TakenBack[] {
  const parts = session.channel.withdraw((part) => {
    const event = partsOfEvent(part);
    return event !== undefined && subscriptions.has(event.id);
  });
  const taken = new Map<ActiveSubscription, Map<number, KeptEvent | undefined>>();
  const events = parts.map((part) => {
    const { id, sequence, tail } = partsOfEvent(part)!;
    const subscription = subscriptions.get(id)!;
    const sequences = taken.get(subscription) ?? new Map<number, KeptEvent | undefined>();
    taken.set(subscription, sequences.set(sequence, undefined));
    return { subscription, sequence, tail };
  });
  for (const [subscription, sequences] of taken) {
    const [first] = sequences.keys();
    let before = 0;
    for (const { event, sequence } of ring?.after(subscription, first! - 1) ?? []) {
      const isTaken = sequences.has(sequence);
      if (isTaken) {
        before++;
        sequences.set(sequence, event);
      }
      ring!.change(event, subscription, isTaken ? 0 : sequence - before);
    }
    subscription.sequence -= sequences.size;
  }
  return events.map(({ subscription, sequence, tail }) => ({
    subscription,
    tail,
    kept: taken.get(subscription)!.get(sequence),
  }));
}
