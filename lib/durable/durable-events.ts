import { randomBytes } from 'node:crypto';
import { bounded } from '../../nucleus/bounded.js';
import type { Directory } from '../../nucleus/directory.js';
import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { AtomError } from '../errors.js';
import type { PublishReceipt } from '../runtime/event-server.js';
import type { OutgoingEvent } from '../runtime/outgoing-event.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import { type DurableGroup, groupName } from './durable-log.js';
import type { ConsumerHost, DurableStats } from './consumer-host.js';
import { GroupConsumer } from './group-consumer.js';
import { Spill } from './spill.js';
import { encodeStored } from './stored-event.js';

export interface DurableHost extends ConsumerHost {
  readonly spillEvents: number;
  readonly spillSize: number;
  readonly self: () => InstanceRecord;
  readonly directory: Directory;
  /** Publishes to those who listen live. */
  readonly live: { publish(event: OutgoingEvent): Promise<PublishReceipt> };
}

/** How long a publish waits, ms, until groups that were announced and are not known to exist are made. */
const OPEN_WAIT = 500;
/** Publishers and topics that were complained of: many may come and go. */
const MAX_TOLD = 1000;

/** Groups that are being made. */
interface Opening {
  /** What was published meanwhile, in order. */
  readonly publishes: (() => void)[];
  done: boolean;
}

/** The durable side of a process: what it publishes to the log, and the groups that it reads. */
export class DurableEvents {
  readonly log;
  private readonly spill: Spill;
  private readonly consumers: GroupConsumer[] = [];
  /** Names of groups that this process has seen to. */
  private readonly opened = new Set<string>();
  /** Somebody may have announced a group that is not made yet. */
  private unsure = true;
  /** Those under way, the oldest first: what is published waits for all of them. */
  private readonly openings: Opening[] = [];
  private readonly unsubscribe: () => void;

  constructor(private readonly host: DurableHost) {
    const { log, clock, logger, spillEvents, spillSize, directory } = host;
    this.log = log;
    this.spill = new Spill(log, { clock, logger, maxEvents: spillEvents, maxSize: spillSize });
    this.unsubscribe = directory.subscribe(({ type, entry }) => {
      if (type === 'removed') for (const consumer of this.consumers) consumer.gone(entry.record.id);
      else if (type !== 'state') this.unsure = true;
    });
  }

  /** Has the handler hear its events from the log; gives the one that hears what is published live all the same. */
  consume(service: string, handler: EventHandler): EventHandler | undefined {
    if (handler.durable !== true) return undefined;
    const { topic, from } = handler;
    this.consumers.push(new GroupConsumer(this.host, { service, topic, from }, handler));
    const told = new Set<string>();
    return {
      ...handler,
      run: (context) => {
        const publisher = context.caller.service || `instance ${context.caller.instance}`;
        if (!told.has(`${publisher} ${context.topic}`)) {
          if (told.size >= MAX_TOLD) told.clear();
          told.add(`${publisher} ${context.topic}`);
          this.host.logger.error(
            { service, topic: context.topic, publisher },
            `'${service}' asks for '${context.topic}' durably, and ${publisher} publishes it live, so it is heard at most once: ` +
              `publish it with { durable: true }, or write @Lexeme('${context.topic}', { durable: true })`,
          );
        }
        return handler.run(context);
      },
    };
  }

  /** Resolves once the log has it. `timeout`: how long it may wait for the log, ms. @throws AtomError with an outcome */
  publish(event: OutgoingEvent, key: string | undefined, timeout: number): Promise<PublishReceipt> {
    if (this.unsure) this.openAnnounced();
    const opening = this.openings.at(-1);
    if (opening === undefined) return this.append(event, key, timeout);
    return new Promise((resolve) => opening.publishes.push(() => resolve(this.append(event, key, timeout))));
  }

  stats(service: string): Readonly<Record<string, DurableStats>> | undefined {
    const own = this.consumers.filter(({ of }) => of.service === service);
    if (own.length === 0) return undefined;
    const nameOf = ({ topic, from }: DurableGroup): string =>
      from === undefined ? topic : `${topic} ${from}`;
    return Object.fromEntries(own.map((one) => [nameOf(one.of), one.stats()]));
  }

  /** Begins nothing more; resolves when all that runs is handled, and the rest is free for others. */
  async drain(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.drain()));
  }

  /** Resolves when nothing waits to be written. */
  async settled(): Promise<void> {
    const opening = this.openings.at(-1);
    if (opening !== undefined) await new Promise<void>((resolve) => opening.publishes.push(resolve));
    await this.spill.settled();
  }

  /** Aborts what is still being handled, and names its handlers. */
  abort(reason: AtomError): readonly string[] {
    return this.consumers.flatMap((consumer) => consumer.abort(reason));
  }

  async close(): Promise<void> {
    this.unsubscribe();
    for (const consumer of this.consumers) consumer.close();
    this.spill.close();
    await this.log.close();
  }

  private async append(
    event: OutgoingEvent,
    key: string | undefined,
    timeout: number,
  ): Promise<PublishReceipt> {
    const { topic, by, data, version, headers } = event;
    const { instance, clock, self, live } = this.host;
    const id = randomBytes(16).toString('hex');
    const stored = { id, topic, by, instance, at: clock.wallTime(), key, version, headers };
    const services = by === '' ? self().services.map(({ name }) => name) : [by];
    const text = encodeStored(stored, data);
    const groups = await this.spill.append({ topic, by: services, key, text }, timeout);
    // Who listens live gets it at most once, so nobody waits for that.
    void live.publish({ ...event, without: groups }).catch(() => undefined);
    const kept = new Set(groups.map(({ service }) => service)).size;
    return { services: kept, instances: 0, dropped: 0, durable: true, id };
  }

  /**
   * Makes the groups that instances have announced: an instance announces itself without waiting for the log, and
   * what is published from then on is to be kept for it.
   */
  private openAnnounced(): void {
    this.unsure = false;
    const missing = this.announced().filter((group) => !this.opened.has(groupName(group)));
    if (missing.length === 0) return;
    const opening: Opening = { publishes: [], done: false };
    this.openings.push(opening);
    const making = missing.map(async (group) => {
      await this.log.open(group);
      this.opened.add(groupName(group));
    });
    void bounded(this.host.clock, OPEN_WAIT, Promise.all(making))
      .catch(() => false)
      .then((made) => {
        if (!made) this.unsure = true;
        opening.done = true;
        while (this.openings[0]?.done === true)
          for (const publish of this.openings.shift()!.publishes) publish();
      });
  }

  private announced(): DurableGroup[] {
    const records = [...this.host.directory.list().map(({ record }) => record), this.host.self()];
    return records.flatMap(({ subscriptions }) =>
      subscriptions
        .filter(({ durable, service }) => durable === true && service !== '')
        .map(({ service, topic, from }) => ({ service, topic, from })),
    );
  }
}
