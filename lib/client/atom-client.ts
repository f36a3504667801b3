import { bounded } from '../../nucleus/bounded.js';
import { DeadLetters } from '../durable/dead-letters.js';
import { AtomError } from '../errors.js';
import { ANY, checkOf } from '../lexicon/message-type.js';
import type { Class } from '../metadata/definitions.js';
import { parseTarget, patternProblem, serviceNameProblem, topicProblem } from '../metadata/names.js';
import type { MessageContext } from '../runtime/context.js';
import type { PublishReceipt } from '../runtime/event-server.js';
import { eventHandler, wrap } from '../runtime/service-runtime.js';
import { checkOperation } from '../wire/limits.js';
import { Calls, type SignalReceipt } from './calls.js';
import { checkOpen, checkService, type ClientHost, notSent, withoutLog } from './client-host.js';
import {
  checkRequestOptions,
  type PublishOptions,
  type RequestOptions,
  type SignalOptions,
  type SubscribeOptions,
} from './client-options.js';
import { Publishing } from './publishing.js';
import { createRemote, type Remote, type TypedRemote } from './remote.js';
import { serviceViews, type ServiceView } from './service-view.js';
import { waitForServices } from './wait-for.js';

/** A subscription made while running. */
export interface Subscription {
  /** Ends it; resolves when no further event can reach its handler. */
  unsubscribe(): Promise<void>;
}

/** Handles an event of `client.subscribe`. */
export type SubscriptionHandler = (data: never, context: MessageContext) => unknown;

/** How long `subscribe` waits for the publishers that are known to confirm, ms. */
const CONFIRM_WAIT = 1000;
const NO_OPTIONS: RequestOptions = Object.freeze({});

/** Calls other services, publishes and hears events. Inject it, or make one by `AtomFactory.createClient`. */
export class AtomClient {
  private readonly calls: Calls;
  private readonly publishing: Publishing;

  /** @internal */
  constructor(private readonly host: ClientHost) {
    this.calls = new Calls(host);
    this.publishing = new Publishing(host);
  }

  /**
   * Asks one instance of a service and resolves to its answer: plain JSON, or what `returns` says.
   * A lexeme instance as `data` is checked before it is sent.
   * @throws AtomError with an `outcome`
   */
  request<T = unknown>(
    service: string,
    operation: string,
    data?: unknown,
    options: RequestOptions<T> = NO_OPTIONS as RequestOptions<T>,
  ): Promise<T> {
    // One promise per request: this is not an async function, and neither is anything below it.
    try {
      checkService(service);
      checkOperation(operation);
      if (options !== NO_OPTIONS) checkRequestOptions(options);
      const returns = checkOf(options.returns);
      return this.calls.send({ kind: 'req', service, what: operation, data, options, returns }) as Promise<T>;
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : AtomError.from(error));
    }
  }

  /**
   * Publishes an event to whoever listens to its topic: `publish(topic, data)`, or `publish(lexeme)` with the
   * topic from its label. Waits, at most `subscriberWait`, for listeners that are known but not connected yet.
   * With `durable`, or where the lexeme is durable: resolves when Redis has it; it waits for Redis until its deadline.
   * @throws AtomError `INVALID_ARGUMENT` when the topic or the data is wrong; of a durable event `RESOURCE_EXHAUSTED`
   * when too much waits, `UNAVAILABLE` when Redis is away, with an `outcome`
   */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<PublishReceipt>;
  publish(message: object, options?: PublishOptions): Promise<PublishReceipt>;
  publish(first: string | object, second?: unknown, third?: PublishOptions): Promise<PublishReceipt> {
    // As with a request: no promise but the publisher's own.
    try {
      return typeof first === 'string'
        ? this.publishing.publish(first, second, third)
        : this.publishing.publish(undefined, first, second as PublishOptions | undefined);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : AtomError.from(error));
    }
  }

  /**
   * Sends an event to one service, to one of its instances: its `@OnEvent` handlers of that topic take it.
   * Resolves when the instance has accepted it, before it is handled. `service` may be `@ns/service|||topic`.
   * @throws AtomError with an `outcome`
   */
  signal(service: string, topic: string, data: unknown, options?: SignalOptions): Promise<SignalReceipt>;
  signal(target: string, data: unknown, options?: SignalOptions): Promise<SignalReceipt>;
  async signal(
    first: string,
    second: unknown,
    third?: unknown,
    fourth?: SignalOptions,
  ): Promise<SignalReceipt> {
    const target = parseTarget(first);
    const whole = target.service !== undefined;
    const service = whole ? target.service : first;
    const topic = whole ? target.topic : (second as string);
    const options = (whole ? (third as SignalOptions | undefined) : fourth) ?? {};
    checkService(service);
    const problem = topicProblem(topic);
    if (problem !== undefined) throw notSent(problem);
    checkRequestOptions(options);
    const data = whole ? second : third;
    const call = { kind: 'sig', service, what: topic, data, options, returns: ANY } as const;
    return this.calls.send(call) as Promise<SignalReceipt>;
  }

  /**
   * Hears the events of a topic or pattern while running: of every publisher, or of one service
   * (`'@ns/service|||topic'`). Each subscriber gets each event. Resolves when the publishers that are known
   * have confirmed it: what they publish from then on is heard.
   * @throws AtomError `INVALID_ARGUMENT` when the target is wrong
   */
  async subscribe(
    target: string,
    handler: SubscriptionHandler,
    options: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { service: from, topic } = parseTarget(target);
    const problem = patternProblem(topic) ?? (from === undefined ? undefined : serviceNameProblem(from));
    if (problem !== undefined) throw new AtomError('INVALID_ARGUMENT', problem);
    checkOpen(this.host);
    const { subscriber, clock, inbound } = this.host;
    const events = eventHandler({
      topic,
      from,
      delivery: 'broadcast',
      concurrency: options.concurrency ?? 1,
      accepts: checkOf(options.accepts),
      onGap: options.onGap,
      run: wrap(inbound, handler),
    });
    const { subscription, confirmed } = subscriber.add(this.host.service, events);
    this.host.changed();
    await bounded(clock, CONFIRM_WAIT, confirmed);
    return {
      unsubscribe: async () => {
        await subscriber.remove(subscription);
        this.host.changed();
      },
    };
  }

  /**
   * A service as an object: each method is a request. By name, typed by `of<StockService>('@shop/stock')`; or by
   * its class, which also checks what is sent and revives what comes back.
   */
  of<S extends object>(service: string): Remote<S>;
  of<S extends object>(type: Class<S>): TypedRemote<S>;
  of(target: string | Class): object {
    if (typeof target !== 'function') {
      checkService(target);
      return createRemote(target, (method, data, options) => this.request(target, method, data, options));
    }
    const { name, operations } = this.host.describe(target);
    const byMethod = new Map(operations.map((operation) => [operation.method, operation]));
    return createRemote(name, async (method, data, options = NO_OPTIONS) => {
      checkRequestOptions(options);
      const { name: what = method, accepts, returns = ANY } = byMethod.get(method) ?? {};
      return this.calls.send({
        kind: 'req',
        service: name,
        what,
        data,
        options,
        ...(accepts?.kind === 'lexeme' ? { accepts } : {}),
        returns: options.returns === undefined ? returns : checkOf(options.returns),
      });
    });
  }

  /**
   * The durable events that were given up, of one service or of all.
   * @throws AtomError `FAILED_PRECONDITION` without Redis, `INVALID_ARGUMENT` for what is no service name
   */
  deadLetters(service?: string): DeadLetters {
    if (service !== undefined) checkService(service);
    const { durable } = this.host;
    if (durable === undefined) throw withoutLog('dead letters are read');
    return new DeadLetters(durable.log, service);
  }

  /** The live directory: each service that is known, with its instances. */
  services(): readonly ServiceView[] {
    return serviceViews(this.host.entries());
  }

  /**
   * Resolves when each of the services has an instance that requests can go to.
   * @throws AtomError `UNAVAILABLE` naming those that are missing after `timeout` ms (default: waits for ever),
   * or once the application closes; `INVALID_ARGUMENT` for what is no service name
   */
  async waitFor(
    services: string | readonly string[],
    options: { readonly timeout?: number } = {},
  ): Promise<void> {
    const wanted: readonly string[] = Array.isArray(services) ? services : [services];
    for (const name of wanted) checkService(name);
    return waitForServices(this.host, wanted, options.timeout);
  }
}
