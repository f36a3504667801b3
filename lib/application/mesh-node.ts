import { randomBytes } from 'node:crypto';
import { bounded } from '../../nucleus/bounded.js';
import type { Clock, Random } from '../../nucleus/clock.js';
import type { Discovery } from '../../nucleus/discovery.js';
import { joinEndpoint } from '../../nucleus/endpoint.js';
import { type InstanceRecord, RECORD_VERSION } from '../../nucleus/instance-record.js';
import type { Logger } from '../../nucleus/logger.js';
import type { ConnectionHost } from '../delivery/connection.js';
import { ExpectedSubscribers } from '../delivery/expected-subscribers.js';
import { createProbe } from '../delivery/probe.js';
import { Publisher } from '../delivery/publisher.js';
import { Pulse } from '../delivery/pulse.js';
import { Requester } from '../delivery/requester.js';
import { Subscriber } from '../delivery/subscriber.js';
import { DurableEvents } from '../durable/durable-events.js';
import type { DurableLog } from '../durable/durable-log.js';
import type { DurableStats } from '../durable/consumer-host.js';
import { AtomError } from '../errors.js';
import { EventServer } from '../runtime/event-server.js';
import type { ContextHost } from '../runtime/inbound-context.js';
import { RequestServer } from '../runtime/request-server.js';
import type { EventHandler, ServiceRuntime } from '../runtime/service-runtime.js';
import type { Listening, Transport } from '../transport/transport.js';
import { builtinOperations } from './builtin-operations.js';
import { listenOn } from './listen-on.js';
import { recordOfService } from './record-of-service.js';
import type { ResolvedOptions } from './options.js';

/** What a node is made of; each is a port with more than one implementation. */
export interface NodeParts {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  /** For what is done again and again as long as the node lives. Default: `clock`. */
  readonly background?: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly hostId: string;
  /** Id of the instance, 32 hex digits. Default: random ones. */
  readonly instance?: string | undefined;
  /** See `ConnectionHost`. */
  readonly quiet?: number;
  readonly createTransport: (instance: string) => Transport;
  readonly createDiscovery: (instance: string) => Discovery;
  /** Undefined: nothing can be durable. */
  readonly durableLog: (() => DurableLog) | undefined;
}

/**
 * One process's place in the mesh: two listening sockets, the services behind them, and the way to everybody
 * else's. Joins transport, discovery, runtime and delivery; knows nothing of classes and containers.
 */
export class MeshNode {
  readonly id: string;
  readonly requester: Requester;
  readonly requests: RequestServer;
  readonly events: EventServer;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly durable: DurableEvents | undefined;
  readonly durableStats = (service: string): Readonly<Record<string, DurableStats>> | undefined =>
    this.durable?.stats(service);
  readonly discovery: Discovery;
  readonly transport: Transport;
  readonly services = new Map<string, ServiceRuntime>();
  private readonly expected: ExpectedSubscribers;
  private readonly listening: Listening[] = [];
  private record: InstanceRecord;
  private started = false;
  private announced = false;
  private readonly ending = new AbortController();

  constructor(readonly parts: NodeParts) {
    const { options, clock, random, logger, instance = randomBytes(16).toString('hex') } = parts;
    this.id = instance;
    this.transport = parts.createTransport(this.id);
    this.discovery = parts.createDiscovery(this.id);
    this.record = {
      v: RECORD_VERSION,
      id: this.id,
      revision: 1,
      environment: options.environment,
      host: parts.hostId,
      endpoint: '',
      eventsEndpoint: '',
      services: [],
      subscriptions: [],
    };
    const self = (): InstanceRecord => this.record;
    const connections: ConnectionHost = {
      clock,
      random,
      pulse: new Pulse(parts.background ?? clock),
      directory: this.discovery.directory,
      quiet: parts.quiet,
      connect: (endpoint, target, listener) => this.transport.connect(endpoint, target, listener),
    };
    this.requester = new Requester({ ...connections, logger }, options);
    const context: ContextHost = { clock, logger, deadlines: this.requester.deadlines };
    this.events = new EventServer({ clock, logger, self, replay: options.events.replay });
    const builtin = builtinOperations(this.events.subscriptions, this.durableStats);
    this.requests = new RequestServer({ ...context, self, maxBody: options.maxBody, builtin });
    this.subscriber = new Subscriber({ ...connections, ...context, onGap: options.events.onGap });
    this.expected = new ExpectedSubscribers(
      this.discovery.directory,
      this.events,
      clock,
      self,
      options.subscriberWait,
    );
    this.publisher = new Publisher(this.events, this.expected, options.budget);
    const log = parts.durableLog?.();
    this.durable =
      log &&
      new DurableEvents({
        ...context,
        ...options.durable,
        log,
        random,
        instance: this.id,
        self,
        directory: this.discovery.directory,
        live: this.publisher,
      });
  }

  /** True once `start` was called. */
  get isStarted(): boolean {
    return this.started;
  }

  /** What this instance says of itself now. */
  get self(): InstanceRecord {
    return this.record;
  }

  /** Aborted once it closes, when all that it had taken on is finished. */
  get closing(): AbortSignal {
    return this.ending.signal;
  }

  /** Opens the sockets and starts to look for others. @throws Error naming port and option when one is taken */
  async start(): Promise<void> {
    this.started = true;
    const { options } = this.parts;
    const requests = await listenOn(this.transport, options, 'port', this.requests);
    this.listening.push(requests);
    const events = await listenOn(this.transport, options, 'eventsPort', this.events);
    this.listening.push(events);
    this.record = {
      ...this.record,
      endpoint: advertised(requests.endpoint, options.host),
      eventsEndpoint: advertised(events.endpoint, options.host),
    };
    this.discovery.start(createProbe(this.transport, this.parts.clock));
    this.requester.started();
  }

  serve(service: ServiceRuntime): void {
    this.services.set(service.name, service);
    this.requests.serve(service);
  }

  /** Has a handler of a service hear its events. */
  listen(service: string, handler: EventHandler): void {
    this.subscriber.add(service, this.durable?.consume(service, handler) ?? handler);
  }

  /** Makes this instance known, as it is now. */
  announce(): void {
    this.announced = true;
    this.update({});
  }

  /** Tells everybody, once announced, that what this instance offers or listens to has changed. */
  changed(): void {
    if (this.announced) this.update({});
  }

  /**
   * Finishes what has been taken on, within `drainTimeout`; takes nothing new. Gives undefined when all was finished,
   * else the names of the handlers that still run, each once, and aborts them.
   */
  async drain(): Promise<readonly string[] | undefined> {
    if (this.announced) this.update({ draining: true });
    const finished = (async () => {
      await this.publisher.settled();
      // Finds out who gives no sign while the others are waited for, and not after it.
      const heard = this.events.sessions.settled();
      await Promise.all([this.subscriber.drain(), this.requests.drain(), this.durable?.drain()]);
      await heard;
      await this.requester.settled();
      await this.durable?.settled();
      this.events.sayLast();
      await this.events.sessions.settled();
    })();
    const inTime = await bounded(this.parts.clock, this.parts.options.drainTimeout, finished);
    if (inTime) return undefined;
    const reason = new AtomError('CANCELLED', 'The application is closing and its drain timeout has passed');
    const running = [this.requests, this.subscriber, this.durable].flatMap((one) => one?.abort(reason) ?? []);
    return [...new Set(running)];
  }

  /** Says goodbye and closes everything. */
  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all([
      this.requests.sessions.leave(),
      this.events.sessions.leave(),
      this.subscriber.close(),
      this.requester.close(),
      this.durable?.close(),
      this.discovery.withdraw(),
    ]);
    this.expected.close();
    this.events.close();
    await this.discovery.close();
    await this.transport.close();
  }

  private update(change: Partial<InstanceRecord>): void {
    this.record = {
      ...this.record,
      ...change,
      revision: this.record.revision + 1,
      services: [...this.services.values()].map(recordOfService),
      subscriptions: this.subscriber.records(),
    };
    this.discovery.announce(this.record);
    this.requester.routes.setOwn(this.record);
    this.subscriber.setOwn(this.record);
    this.expected.changed();
    this.requests.sessions.tellRecord();
    this.events.sessions.tellRecord();
  }
}

/** Where others connect: the port that was bound, at the host that they reach. */
function advertised(endpoint: string, host: string): string {
  if (!endpoint.startsWith('tcp://')) return endpoint;
  const port = Number(endpoint.slice(endpoint.lastIndexOf(':') + 1));
  return joinEndpoint(host, port);
}
