import type { DirectoryEntry } from '../../nucleus/directory.js';
import type { Logger } from '../../nucleus/logger.js';
import type { Clock } from '../../nucleus/clock.js';
import { encodeData, type Requester, traced } from '../delivery/requester.js';
import type { Publisher } from '../delivery/publisher.js';
import type { Subscriber } from '../delivery/subscriber.js';
import { AtomError } from '../errors.js';
import { checkOf, lexemeOf } from '../lexicon/message-type.js';
import type { Class, MessageCheck, ServiceDefinition } from '../metadata/definitions.js';
import { parseTarget, patternProblem, serviceNameProblem, topicProblem } from '../metadata/names.js';
import { bounded } from '../runtime/bounded.js';
import type { MessageContext } from '../runtime/context.js';
import { currentMessage } from '../runtime/current-message.js';
import type { PublishReceipt } from '../runtime/event-server.js';
import type { Accepted, Response } from '../wire/envelope.js';
import { checkMessage, sanitized, serializeMessage, versionOf } from '../runtime/message-check.js';
import { compose, type Middleware } from '../runtime/middleware.js';
import { OperationStats } from '../runtime/operation-stats.js';
import { wrap } from '../runtime/service-runtime.js';
import { topicMatcher } from '../runtime/topic.js';
import { checkOperation } from '../wire/limits.js';
import {
  checkPublishOptions,
  checkRequestOptions,
  normalizeHeaders,
  type PublishOptions,
  type RequestOptions,
  type SignalOptions,
  type SubscribeOptions,
} from './client-options.js';
import { OutboundContext } from './outbound-context.js';
import { createRemote, type Remote, type TypedRemote } from './remote.js';
import { serviceViews, type ServiceView } from './service-view.js';

/** A signal was taken by this instance: checked, and about to be handled. */
export interface SignalReceipt {
  readonly service: string;
  readonly instance: string;
}

/** A subscription made while running. */
export interface Subscription {
  /** Ends it; resolves when no further event can reach its handler. */
  unsubscribe(): Promise<void>;
}

/** Handles an event of `client.subscribe`. */
export type SubscriptionHandler = (data: never, context: MessageContext) => unknown;

/** What the client needs of the process that it belongs to. */
export interface ClientHost {
  readonly instance: string;
  readonly requester: Requester;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeout: number;
  readonly maxBody: number;
  /** Middleware of everything that goes out. */
  readonly outbound: readonly Middleware[];
  /** Middleware of everything that comes in. */
  readonly inbound: readonly Middleware[];
  /** The only service of the process, or empty. */
  readonly service: () => string;
  readonly entries: () => readonly DirectoryEntry[];
  /** What the decorators say of a service's class. @throws BootstrapError */
  readonly describe: (type: Class) => ServiceDefinition;
  /** What this process listens to has changed. */
  readonly changed: () => void;
  readonly waiting: Set<string>;
}

/** How long `subscribe` waits for the publishers that are known to confirm, ms. */
const CONFIRM_WAIT = 1000;
const ANY: MessageCheck = { kind: 'any' };
const NO_OPTIONS: RequestOptions = Object.freeze({});

/** Topics that are known to be good; past this many they are looked at again. */
const MAX_GOOD_TOPICS = 1000;

/** Calls other services, publishes and hears events. Inject it, or make one by `AtomFactory.createClient`. */
export class AtomClient {
  private readonly goodTopics = new Set<string>();

  /** @internal */
  constructor(private readonly host: ClientHost) {}

  /**
   * Asks one instance of a service and resolves to its answer: plain JSON, or what `returns` says.
   * A lexeme instance as `data` is checked before it is sent.
   * @throws AtomError with an `outcome`
   */
  request<T = unknown>(
    service: string,
    operation: string,
    data?: unknown,
    options: RequestOptions = NO_OPTIONS,
  ): Promise<T> {
    // One promise per request: this is not an async function, and neither is anything below it.
    try {
      checkOperation(operation);
      if (options !== NO_OPTIONS) checkRequestOptions(options);
      return this.send('req', service, operation, data, options, checkOf(options.returns)) as Promise<T>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Publishes an event to whoever listens to its topic: `publish(topic, data)`, or `publish(lexeme)` with the
   * topic from its label. Waits, at most `subscriberWait`, for listeners that are known but not connected yet.
   * @throws AtomError `INVALID_ARGUMENT` when the topic or the data is wrong
   */
  publish(topic: string, data: unknown, options?: PublishOptions): Promise<PublishReceipt>;
  publish(message: object, options?: PublishOptions): Promise<PublishReceipt>;
  publish(first: string | object, second?: unknown, third?: PublishOptions): Promise<PublishReceipt> {
    // As with a request: no promise but the publisher's own.
    try {
      const named = typeof first === 'string';
      const message = named ? second : first;
      const options = named ? third : (second as PublishOptions | undefined);
      const lexeme = lexemeOf(message);
      const topic = named ? first : lexeme?.label;
      if (topic === undefined) throw notSent(withoutTopic(message));
      this.checkTopic(topic);
      if (options !== undefined) checkPublishOptions(options);
      const headers = normalizeHeaders(options?.headers);
      const check: MessageCheck = lexeme === undefined ? ANY : { kind: 'lexeme', lexeme };
      if (this.host.outbound.length === 0) return this.publishChecked(topic, message, check, headers);
      const context = this.outbound('event', '', '', topic, message, headers, Infinity, undefined);
      return compose(this.host.outbound, context, () =>
        this.publishChecked(topic, context.data, check, context.headers),
      ) as Promise<PublishReceipt>;
    } catch (error) {
      return Promise.reject(error);
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
    const problem = serviceNameProblem(service) ?? topicProblem(topic);
    if (problem !== undefined) throw notSent(problem);
    checkRequestOptions(options);
    return this.send('sig', service, topic, whole ? second : third, options, ANY) as Promise<SignalReceipt>;
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
    const { subscriber, clock, inbound } = this.host;
    const { subscription, confirmed } = subscriber.add(this.host.service(), {
      topic,
      from,
      delivery: 'broadcast',
      concurrency: options.concurrency ?? 1,
      accepts: checkOf(options.accepts),
      matches: topicMatcher(topic),
      run: wrap(inbound, handler),
      stats: new OperationStats(),
    });
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
    if (typeof target === 'string') {
      const problem = serviceNameProblem(target);
      if (problem !== undefined) throw new AtomError('INVALID_ARGUMENT', problem);
      return createRemote(target, (method, data, options = {}) =>
        this.request(target, method, data, options),
      );
    }
    const { name, operations } = this.host.describe(target);
    const byMethod = new Map(operations.map((operation) => [operation.method, operation]));
    return createRemote(name, async (method, data, options = {}) => {
      const operation = byMethod.get(method);
      checkRequestOptions(options);
      if (operation === undefined) return this.send('req', name, method, data, options, ANY);
      const { accepts, returns } = operation;
      const checked = accepts.kind === 'lexeme' ? notSentIfWrong(() => accepts.lexeme.parse(data)) : data;
      return this.send(
        'req',
        name,
        operation.name,
        checked,
        options,
        options.returns ? checkOf(options.returns) : returns,
      );
    });
  }

  /** The live directory: each service that is known, with its instances. */
  services(): readonly ServiceView[] {
    return serviceViews(this.host.entries());
  }

  /**
   * Resolves when each of the services has an instance that requests can go to.
   * @throws AtomError `UNAVAILABLE` naming those that are missing after `timeout` ms (default: waits for ever)
   */
  async waitFor(
    services: string | readonly string[],
    options: { readonly timeout?: number } = {},
  ): Promise<void> {
    const wanted = typeof services === 'string' ? [services] : services;
    const { routes } = this.host.requester;
    const missing = (): string[] => wanted.filter((name) => routes.of(name).length === 0);
    if (missing().length === 0) return;
    const { waiting, clock, logger } = this.host;
    for (const name of missing()) waiting.add(name);
    logger.info({ services: missing() }, 'waiting for services');
    let stop = (): void => {};
    try {
      const found = new Promise<void>((resolve) => {
        stop = routes.onRoutable(() => {
          for (const name of wanted) if (routes.of(name).length > 0) waiting.delete(name);
          if (missing().length === 0) resolve();
        });
      });
      if (options.timeout === undefined) await found;
      else if (!(await bounded(clock, options.timeout, found))) {
        throw new AtomError(
          'UNAVAILABLE',
          `Waited ${options.timeout}ms for ${missing()
            .map((name) => `'${name}'`)
            .join(', ')}: not available or running`,
          { outcome: 'NOT_SENT' },
        );
      }
    } finally {
      stop();
      for (const name of wanted) waiting.delete(name);
    }
  }

  private publishChecked(
    topic: string,
    message: unknown,
    check: MessageCheck,
    headers: Readonly<Record<string, string>> | undefined,
  ): Promise<PublishReceipt> {
    return this.host.publisher.publish({
      topic,
      by: this.by(),
      data: notSentIfWrong(() =>
        encodeData(serializeMessage(check, message), this.host.maxBody, 'topic', topic),
      ),
      version: versionOf(check) ?? 1,
      headers: traced(headers),
    });
  }

  /** @throws AtomError `INVALID_ARGUMENT` unless it is an exact topic */
  private checkTopic(topic: string): void {
    if (this.goodTopics.has(topic)) return;
    const problem = topicProblem(topic);
    if (problem !== undefined) throw notSent(problem);
    if (this.goodTopics.size >= MAX_GOOD_TOPICS) this.goodTopics.clear();
    this.goodTopics.add(topic);
  }

  private send(
    kind: 'req' | 'sig',
    service: string,
    what: string,
    data: unknown,
    options: RequestOptions,
    returns: MessageCheck,
  ): Promise<unknown> {
    const headers = normalizeHeaders(options.headers);
    if (this.host.outbound.length === 0)
      return this.call(kind, service, what, data, options, headers, returns);
    const context = this.outbound(
      kind === 'req' ? 'request' : 'signal',
      service,
      kind === 'req' ? what : '',
      kind === 'sig' ? what : '',
      data,
      headers,
      options.timeout ?? this.host.requestTimeout,
      options.signal,
    );
    return compose(this.host.outbound, context, () =>
      this.call(kind, service, what, context.data, options, context.headers, returns),
    );
  }

  private call(
    kind: 'req' | 'sig',
    service: string,
    what: string,
    data: unknown,
    options: RequestOptions,
    headers: Readonly<Record<string, string>> | undefined,
    returns: MessageCheck,
  ): Promise<unknown> {
    const lexeme = lexemeOf(data);
    return this.host.requester.call({
      kind,
      service,
      what,
      data: lexeme === undefined ? data : notSentIfWrong(() => lexeme.serialize(lexeme.parse(data))),
      version: lexeme?.version ?? 1,
      by: this.by(),
      timeout: options.timeout,
      signal: options.signal,
      instance: options.instance,
      headers,
      convert:
        kind === 'sig'
          ? (_, instance): SignalReceipt => ({ service, instance })
          : returns.kind === 'any'
            ? plainAnswer
            : (answer) => checkedAnswer(answer as Response, returns, service, what),
    });
  }

  /** On whose behalf a message is sent: the service that handles one, or the only one of the process. */
  private by(): string {
    return this.host.service() || (currentMessage.get()?.service ?? '');
  }

  private outbound(
    kind: 'request' | 'event' | 'signal',
    service: string,
    operation: string,
    topic: string,
    data: unknown,
    headers: Readonly<Record<string, string>> | undefined,
    timeout: number,
    signal: AbortSignal | undefined,
  ): OutboundContext {
    const { clock, logger, instance } = this.host;
    const caller = { instance, service: this.by() };
    return new OutboundContext(
      clock,
      logger,
      kind,
      service,
      operation,
      topic,
      data,
      headers,
      caller,
      timeout,
      signal,
    );
  }
}

function withoutTopic(message: unknown): string {
  const name = (message as { constructor?: { name?: string } } | undefined)?.constructor?.name ?? 'message';
  return `publish(${name}) has no topic: decorate its class with @Lexeme('the.topic'), or say publish('the.topic', data)`;
}

function notSent(message: string): AtomError {
  return new AtomError('INVALID_ARGUMENT', message, { outcome: 'NOT_SENT' });
}

function plainAnswer(answer: Response | Accepted): unknown {
  return sanitized((answer as Response).d);
}

function checkedAnswer(answer: Response, returns: MessageCheck, service: string, what: string): unknown {
  try {
    return checkMessage(returns, answer.d, answer.v ?? 1);
  } catch (error) {
    const cause = AtomError.from(error);
    const message = `The answer of '${service}::${what}' is not what was declared: ${cause.message}`;
    throw new AtomError('INTERNAL', message, {
      outcome: 'FAILED',
      details: cause.details,
      service,
      operation: what,
      cause,
    });
  }
}

/** What a check throws before anything is sent says so. */
function notSentIfWrong<T>(check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    const { code, message, details, cause } = AtomError.from(thrown);
    throw new AtomError(code, message, { outcome: 'NOT_SENT', details, cause });
  }
}
