import type { Timer } from '../../nucleus/clock.js';
import type { AtomError } from '../errors.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import type { ConsumerHost, DurableStats } from './consumer-host.js';
import type { DurableContext } from './durable-context.js';
import {
  type Delivery,
  type DurableGroup,
  type Failure,
  type GroupLog,
  GroupLost,
  groupName,
} from './durable-log.js';
import { KeyLanes } from './key-lanes.js';
import { Leases } from './leases.js';
import { runEvent } from './run-event.js';
import { decodeStored, type StoredEvent } from './stored-event.js';

/** One event that this instance holds. */
interface Held {
  readonly delivery: Delivery;
  readonly event: StoredEvent;
  readonly key: string | undefined;
  deliveries: number;
  /** Begun by this instance: not for the first time, then. */
  begun: boolean;
  /** Its partition is another instance's now. */
  dropped: boolean;
}

/** Events that are held at least, those at rest not counted; more where more are handled at a time. */
const WINDOW = 32;
/** Events that are held at most, those at rest included. */
const MOST = 2048;
/** How long a read waits for the first event, ms: also how long it takes to notice anything else. */
const READ_WAIT = 200;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1000;
const LONGEST_RETRY = 60_000;

/** Handles the events of one group on this instance: reads, runs, settles, tries again, gives up. */
export class GroupConsumer {
  readonly running = new Set<DurableContext>();
  private readonly held = new Map<string, Held>();
  private readonly lanes: KeyLanes<Held>;
  private readonly leases: Leases;
  private readonly window: number;
  private group: GroupLog | undefined;
  private stopping = false;
  private closed = false;
  private isAway = false;
  private pausing: { readonly timer: Timer; readonly end: () => void } | undefined;
  private pauseMs = FIRST_PAUSE;
  private busy = 0;
  private idle: (() => void)[] = [];
  private deadLettered = 0;
  private readonly loop: Promise<void>;

  constructor(
    private readonly host: ConsumerHost,
    readonly of: DurableGroup,
    private readonly handler: EventHandler,
  ) {
    this.window = Math.max(WINDOW, 2 * handler.concurrency);
    this.leases = new Leases(host.clock, host.instance, host.visibility);
    this.lanes = new KeyLanes(
      host.clock,
      handler.concurrency,
      (held) => void this.handle(held),
      () => !this.stopping && this.leases.hold(),
    );
    this.loop = this.run();
  }

  stats(): DurableStats {
    return {
      backlog: this.leases.backlog,
      held: this.held.size,
      retrying: this.lanes.resting,
      deadLettered: this.deadLettered,
    };
  }

  /** An instance has ended: what it held can be taken now. */
  gone(instance: string): void {
    this.leases.gone(instance);
  }

  /** Begins nothing more; resolves when what runs is handled and settled, and the rest is free for others. */
  async drain(): Promise<void> {
    this.stopping = true;
    this.pausing?.end();
    this.group?.wake?.();
    await this.loop;
    if (this.busy > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    await this.group?.attend(this.leases.farewell()).catch(() => undefined);
  }

  abort(reason: AtomError): readonly string[] {
    this.stopping = true;
    this.closed = true;
    const names = [...this.running].map(({ name }) => name);
    for (const context of [...this.running]) context.cancel(reason);
    return names;
  }

  close(): void {
    this.stopping = true;
    this.closed = true;
    this.pausing?.end();
    this.lanes.close();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.step();
        if (this.isAway)
          this.host.logger.info({ group: groupName(this.of) }, 'durable events are read again');
        this.isAway = false;
        this.pauseMs = FIRST_PAUSE;
      } catch (error) {
        this.failed(error);
        await this.pause(this.pauseMs);
        this.pauseMs = Math.min(LONGEST_PAUSE, this.pauseMs * 2);
      }
    }
  }

  private async step(): Promise<void> {
    const { log, instance } = this.host;
    const group = (this.group ??= await log.open(this.of));
    if (this.leases.isDue()) {
      const lost = this.leases.assigned(await group.attend(this.leases.attendance((p) => this.holds(p))));
      for (const held of this.held.values()) if (lost.has(held.delivery.partition)) this.drop(held);
      this.lanes.pump();
    }
    for (const partition of this.leases.toAdopt()) {
      for (const delivery of await group.adopt(instance, partition)) this.take(delivery, true);
      this.leases.adopted(partition);
    }
    const room = Math.min(this.window + this.lanes.resting, MOST) - this.held.size;
    const partitions = this.leases.readable();
    if (this.stopping || room <= 0 || partitions.length === 0) return this.pause(this.leases.dueIn());
    const count = Math.ceil(room / partitions.length);
    const wait = Math.min(READ_WAIT, this.leases.dueIn());
    for (const delivery of await group.read(instance, partitions, count, wait)) this.take(delivery, false);
  }

  private failed(error: unknown): void {
    const group = groupName(this.of);
    // What was read and whose answer was lost is this instance's, and nobody would ever see it again.
    this.leases.doubt();
    if (error instanceof GroupLost) {
      this.group = undefined;
      this.leases.forget();
      this.host.logger.error(
        { err: error, group },
        'a group of durable events was lost, with the events that waited in it; it is made again',
      );
    } else if (!this.isAway) {
      this.isAway = true;
      this.host.logger.warn({ err: error, group }, 'durable events are not read: the log is away');
    }
  }

  private take(delivery: Delivery, adopted: boolean): void {
    const id = `${delivery.partition}:${delivery.id}`;
    if (this.held.has(id)) return;
    const event = decodeStored(delivery.text);
    if (event === undefined) {
      void this.settle(undefined, delivery, { error: 'it is not an event', at: this.host.clock.wallTime() });
      return;
    }
    const { deliveries } = delivery;
    const held = { delivery, event, key: event.key, deliveries, begun: adopted, dropped: false };
    this.held.set(id, held);
    this.lanes.add(held);
  }

  private async handle(held: Held): Promise<void> {
    if (held.dropped) {
      this.lanes.ended();
      return this.release(held);
    }
    if (!(await this.begin(held))) return;
    const { host } = this;
    this.busy++;
    let failure: Error | undefined;
    if (held.deliveries > host.deliveries)
      failure = new Error(`its consumers ended ${host.deliveries} times while they handled it`);
    else
      failure = await runEvent(
        host,
        this.of.service,
        this.handler,
        held.event,
        held.deliveries,
        this.running,
      );
    if (failure === undefined || held.deliveries >= host.deliveries) {
      const gaveUp = failure && {
        error: `${failure.name}: ${failure.message}`.slice(0, 4096),
        at: host.clock.wallTime(),
      };
      const settled = this.settle(
        held,
        { ...held.delivery, deliveries: Math.min(held.deliveries, host.deliveries) },
        gaveUp,
      );
      this.lanes.ended();
      await settled;
    } else {
      const longest = Math.min(LONGEST_RETRY, host.retryDelay * 2 ** (held.deliveries - 1));
      held.begun = true;
      this.lanes.rest(held, longest * (0.75 + 0.25 * host.random()));
      this.lanes.ended();
    }
    this.countDown();
  }

  /** False when it is not to be handled here: settled or dropped, or the log is away, or was for too long, and it rests. */
  private async begin(held: Held): Promise<boolean> {
    if (!held.begun) return true;
    const { host, group } = this;
    const { delivery } = held;
    let isOurs: boolean;
    try {
      isOurs = (await group?.begin(host.instance, { ...delivery, deliveries: held.deliveries })) ?? false;
    } catch {
      return this.rest(held);
    }
    held.deliveries++;
    // Where the answer came late it may be another's by now, who has begun it.
    if (isOurs && !this.leases.hold()) return this.rest(held);
    if (isOurs && !held.dropped && !this.stopping) return true;
    this.lanes.ended();
    this.release(held);
    return false;
  }

  private rest(held: Held): false {
    this.lanes.rest(held, LONGEST_PAUSE);
    this.lanes.ended();
    return false;
  }

  private async settle(held: Held | undefined, delivery: Delivery, failure?: Failure): Promise<void> {
    this.busy++;
    let settled = false;
    while (!settled && !this.closed) {
      try {
        await this.group?.settle(delivery, failure);
        settled = true;
      } catch (error) {
        this.host.logger.debug({ err: error, id: delivery.id }, 'a durable event could not be settled yet');
        await new Promise<void>((resolve) => this.host.clock.after(LONGEST_PAUSE / 4, resolve));
      }
    }
    // One that could not be settled any more is delivered again.
    if (settled && failure !== undefined) {
      this.deadLettered++;
      this.host.logger.error(
        {
          group: groupName(this.of),
          event: held?.event.id,
          deliveries: delivery.deliveries,
          error: failure.error,
        },
        'a durable event was given up: it is a dead letter now (`atom dead-letters list`)',
      );
    }
    if (held !== undefined) this.release(held);
    this.countDown();
  }

  private countDown(): void {
    if (--this.busy === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  private release(held: Held): void {
    const { partition, id } = held.delivery;
    if (this.held.get(`${partition}:${id}`) === held) this.held.delete(`${partition}:${id}`);
    this.lanes.release(held);
    if (this.held.size - this.lanes.resting <= this.window / 2) this.pausing?.end();
  }

  /** Its partition went to another instance while this one was frozen, or cut off. */
  private drop(held: Held): void {
    held.dropped = true;
    this.held.delete(`${held.delivery.partition}:${held.delivery.id}`);
  }

  private holds(partition: number): boolean {
    for (const { delivery } of this.held.values()) if (delivery.partition === partition) return true;
    return false;
  }

  private pause(ms: number): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        this.pausing = undefined;
        resolve();
      };
      const timer = this.host.clock.after(ms, end);
      this.pausing = { timer, end };
    });
  }
}
