import { Queue } from './queue.js';
import type { ActiveSubscription } from './subscriptions.js';

/** What an event takes in the ring beside its text, and each subscription that it is meant for, roughly, in bytes. */
const OVERHEAD = 200;
const RECIPIENT = 16;

/** An event that may be sent again, and for whom it was meant. */
export class KeptEvent {
  private readonly to: ActiveSubscription[] = [];
  private readonly sequences: number[] = [];
  /** It has left the ring. */
  gone = false;

  constructor(
    /** Its text after id and sequence. */
    readonly tail: string,
  ) {}

  get size(): number {
    return OVERHEAD + this.tail.length + RECIPIENT * this.to.length;
  }

  /** It was meant for `subscription`, which counts it as `sequence`. */
  meant(subscription: ActiveSubscription, sequence: number): void {
    this.to.push(subscription);
    this.sequences.push(sequence);
  }

  /** Its sequence where `subscription` counts; 0 when it was meant for others. */
  sequenceOf(subscription: ActiveSubscription): number {
    const at = this.to.indexOf(subscription);
    return at < 0 ? 0 : this.sequences[at]!;
  }

  /** `subscription` counts it as `sequence` now; 0: it is meant for others. */
  change(subscription: ActiveSubscription, sequence: number): void {
    const at = this.to.indexOf(subscription);
    if (sequence > 0) this.sequences[at] = sequence;
    else {
      this.to.splice(at, 1);
      this.sequences.splice(at, 1);
    }
  }
}

/**
 * The events that were published last, all topics in one ring, each with whom it was meant for: so what one instance
 * of a group missed is told from what another was given.
 */
export class ReplayRing {
  private readonly events = new Queue<KeptEvent>();
  private size = 0;

  constructor(
    private readonly messages: number,
    private readonly bytes: number,
  ) {}

  add(tail: string): KeptEvent {
    const event = new KeptEvent(tail);
    this.events.push(event);
    this.size += event.size;
    this.trim();
    return event;
  }

  /** `event` was meant for `subscription`, which counts it as `sequence`. */
  meant(event: KeptEvent, subscription: ActiveSubscription, sequence: number): void {
    event.meant(subscription, sequence);
    if (event.gone) return;
    this.size += RECIPIENT;
    this.trim();
  }

  /** `subscription` counts it as `sequence` now; 0: it is meant for others. */
  change(event: KeptEvent, subscription: ActiveSubscription, sequence: number): void {
    event.change(subscription, sequence);
    if (sequence === 0 && !event.gone) this.size -= RECIPIENT;
  }

  /** What was meant for `subscription` after `sequence`, in order, with the sequences that it has there. */
  after(
    subscription: ActiveSubscription,
    sequence: number,
  ): { readonly event: KeptEvent; readonly sequence: number }[] {
    const found: { readonly event: KeptEvent; readonly sequence: number }[] = [];
    for (const event of this.events.list()) {
      const own = event.sequenceOf(subscription);
      if (own > sequence) found.push({ event, sequence: own });
    }
    // What was taken over from another instance was published earlier than it counts.
    return found.sort((a, b) => a.sequence - b.sequence);
  }

  /** What was meant for `from` after its `sequence` is meant for `to` now, after that one's `last`. */
  move(from: ActiveSubscription, sequence: number, to: ActiveSubscription, last: number): void {
    for (const { event, sequence: own } of this.after(from, sequence)) {
      this.change(event, from, 0);
      this.meant(event, to, last + own - sequence);
    }
  }

  private trim(): void {
    while (this.events.length > this.messages || this.size > this.bytes) {
      const oldest = this.events.shift();
      if (oldest === undefined) break;
      oldest.gone = true;
      this.size -= oldest.size;
    }
  }
}
