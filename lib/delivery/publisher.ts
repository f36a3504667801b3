import { AtomError } from '../errors.js';
import type { EventServer, PublishReceipt } from '../runtime/event-server.js';
import type { OutgoingEvent } from '../runtime/outgoing-event.js';
import type { ExpectedSubscribers } from './expected-subscribers.js';

/** A publisher that awaits each publish lets the event loop turn after this much, in bytes, so that it is sent. */
const TURN = 128 * 1024;

/** Promises, timer and entry of an event that waits, roughly, in bytes. */
const OVERHEAD = 512;

/** Publishes in order for each topic, once the subscribers that are expected are there. */
export class Publisher {
  /** Topics with publishes that wait; the last of each. */
  private readonly queues = new Map<string, Promise<PublishReceipt>>();
  /** Characters of the events that wait for their subscribers. */
  private held = 0;
  private bytes = 0;
  private turn: Promise<void> | undefined;

  constructor(
    private readonly server: EventServer,
    private readonly expected: ExpectedSubscribers,
    /** Bytes that may wait for subscribers; past it a publish is refused. */
    private readonly budget: number,
  ) {}

  publish(event: OutgoingEvent): Promise<PublishReceipt> {
    if (this.queues.size > 0 && this.held + sizeOf(event) > this.budget) {
      return Promise.reject(tooMuch(event.topic));
    }
    const ready = this.expected.ready(event.topic, event.by);
    if (ready !== undefined || this.queues.size > 0) return this.enqueue(event, ready);
    const receipt = this.server.publish(event);
    return this.isTurnOver(event) ? this.nextTurn().then(() => receipt) : Promise.resolve(receipt);
  }

  /** Resolves when no publish waits for its subscribers. */
  async settled(): Promise<void> {
    await Promise.all(this.queues.values());
  }

  /** Publishes once `ready`, and after those of the same topic that wait already. */
  private enqueue(event: OutgoingEvent, ready: Promise<void> | undefined): Promise<PublishReceipt> {
    const size = sizeOf(event);
    this.held += size;
    const key = `${event.by}\n${event.topic}`;
    const before = this.queues.get(key);
    const receipt = (async () => {
      await before;
      await ready;
      this.held -= size;
      return this.server.publish(event);
    })();
    this.queues.set(key, receipt);
    void receipt.finally(() => {
      if (this.queues.get(key) === receipt) this.queues.delete(key);
    });
    return receipt;
  }

  private isTurnOver(event: OutgoingEvent): boolean {
    this.bytes += event.topic.length + (event.data?.length ?? 0);
    return this.bytes >= TURN;
  }

  private nextTurn(): Promise<void> {
    this.turn ??= new Promise((resolve) =>
      setImmediate(() => {
        this.bytes = 0;
        this.turn = undefined;
        resolve();
      }),
    );
    return this.turn;
  }
}

/** What an event takes while it waits, with what surrounds it. */
function sizeOf({ topic, data }: OutgoingEvent): number {
  return OVERHEAD + topic.length + (data?.length ?? 0);
}

function tooMuch(topic: string): AtomError {
  return new AtomError(
    'RESOURCE_EXHAUSTED',
    `Too much waits for the subscribers of '${topic}': await each publish, or publish less at a time`,
    { outcome: 'NOT_SENT' },
  );
}
