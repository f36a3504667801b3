import type { Logger } from '../../nucleus/logger.js';
import { AtomClient } from '../client/atom-client.js';
import type { AppContainer } from '../container/container.js';
import { type HookWatch, runHook, runOnClose } from '../container/lifecycle.js';
import { bounded } from '../../nucleus/bounded.js';
import { AtomError } from '../errors.js';
import { checkOf } from '../lexicon/message-type.js';
import type {
  ApplicationDefinition,
  RequestOptions,
  ServiceDefinition,
  Token,
} from '../metadata/definitions.js';
import { limitProblem, operationNameProblem } from '../metadata/names.js';
import { currentMessage } from '../runtime/current-message.js';
import { Gate } from '../runtime/gate.js';
import type { Middleware } from '../runtime/middleware.js';
import { type Handler, ServiceRuntime, wrap } from '../runtime/service-runtime.js';
import { statsOf, type ServiceStats } from './builtin-operations.js';
import { createClientOf } from './client-of.js';
import type { MeshNode } from './mesh-node.js';
import type { ApplicationState, ApplicationStatus } from './application-status.js';
import { bindService } from './bind-service.js';
import { onShutdown } from './shutdown-signals.js';
import { surviveRejections } from './unhandled-rejections.js';

/** Handlers of one service, added and removed while it runs. */
export interface ServiceHandle {
  /**
   * Adds an operation. Options as in `@OnRequest`; `accepts` and `returns` by default: anything.
   * @throws AtomError `ALREADY_EXISTS` when the name is taken, `INVALID_ARGUMENT` when it is bad
   */
  handle(operation: string, handler: Handler, options?: RequestOptions): ServiceHandle;
  /** @returns false when there was no such operation */
  unhandle(operation: string): boolean;
  stats(): ServiceStats;
}

/** An application: its services, its client, its life. Made by `AtomFactory.create`. */
export class Application {
  private readonly inbound: Middleware[] = [];
  private readonly outbound: Middleware[] = [];
  private readonly waiting = new Set<string>();
  private readonly services = new Map<string, ServiceRuntime>();
  private state: ApplicationState = 'created';
  private listening: Promise<this> | undefined;
  private closing: Promise<void> | undefined;
  private readonly ownClient: AtomClient;
  private readonly container: AppContainer;
  private readonly hook: HookWatch = {};
  private forgetSignals = (): void => {};
  private forgetRejections = (): void => {};

  /** @internal */
  constructor(
    private readonly node: MeshNode,
    private readonly definition: ApplicationDefinition,
    makeContainer: (client: AtomClient) => AppContainer,
  ) {
    const { concurrency: most } = node.parts.options;
    const shared = most === undefined ? [] : [new Gate('This instance', most)];
    for (const { name, version, metadata, concurrency } of definition.services) {
      const own = concurrency === undefined ? [] : [new Gate(`'${name}'`, concurrency)];
      this.services.set(name, new ServiceRuntime(name, version, metadata, [...own, ...shared]));
    }
    this.ownClient = createClientOf(node, this.inbound, this.outbound, this.waiting, [
      ...this.services.keys(),
    ]);
    this.container = makeContainer(this.ownClient);
    if (injectsClient(definition)) currentMessage.use();
  }

  /** Calls other services, publishes and hears events. The same that is injected. */
  get client(): AtomClient {
    currentMessage.use();
    return this.ownClient;
  }

  get logger(): Logger {
    return this.node.parts.logger;
  }

  /**
   * Adds middleware around everything that comes in, or with `outbound` that goes out; the first added is outermost.
   * Inbound middleware is added before `listen`.
   */
  use(middleware: Middleware, options: { readonly outbound?: boolean } = {}): this {
    if (typeof middleware !== 'function')
      throw new TypeError('use() takes a function (context, next) => result');
    if (options.outbound === true) this.outbound.push(middleware);
    else if (this.state === 'created') this.inbound.push(middleware);
    else
      throw new Error('use(): inbound middleware is added before listen(), which binds it to the handlers');
    return this;
  }

  /**
   * Makes the providers, opens the sockets, serves, then announces. Never waits for Redis or another service.
   * Resolves to the application; when it rejects, everything is closed again.
   */
  listen(): Promise<this> {
    if (this.closing !== undefined)
      return Promise.reject(new Error('listen(): this application is closed; create another'));
    this.listening ??= this.start().catch(async (error: unknown) => {
      await this.abandon();
      throw error;
    });
    return this.listening;
  }

  /**
   * Drains, calls `onClose`, says goodbye, and leaves no handle open. Handlers have `drainTimeout` to finish, and the
   * `onClose` hooks the same again; what has not returned then is named, and left alone. Harmless when repeated.
   * @throws AggregateError naming each hook that failed or did not return, once all is closed
   */
  close(): Promise<void> {
    this.closing ??= this.stop();
    return this.closing;
  }

  /** What a provider's token means in the root module. @throws Error before `listen`, or when there is none */
  get<T>(token: Token<T>): T {
    return this.container.get(token, this.definition.root.name) as T;
  }

  /** Handlers of a service of this application, to add to while it runs. @throws AtomError `NOT_FOUND` */
  service(name: string): ServiceHandle {
    const service = this.services.get(name);
    if (service === undefined) {
      throw new AtomError(
        'NOT_FOUND',
        `This application has no service '${name}'; it has ${[...this.services.keys()].join(', ') || 'none'}`,
      );
    }
    const handle: ServiceHandle = {
      handle: (operation, handler, options = {}) => {
        const problem = operationNameProblem(operation) ?? limitProblem(options);
        if (problem !== undefined) throw new AtomError('INVALID_ARGUMENT', problem);
        service.add({
          name: operation,
          method: operation,
          accepts: checkOf(options.accepts),
          returns: checkOf(options.returns),
          idempotent: options.idempotent === true,
          concurrency: options.concurrency,
          timeout: options.timeout,
          run: wrap(this.inbound, handler),
        });
        this.node.changed();
        return handle;
      },
      unhandle: (operation) => {
        const removed = service.remove(operation);
        if (removed) this.node.changed();
        return removed;
      },
      stats: () => statsOf(service, this.node.events.subscriptions, this.node.durableStats),
    };
    return handle;
  }

  status(): ApplicationStatus {
    const { self, discovery, requester, requests, events, subscriber, transport } = this.node;
    return {
      state: this.state,
      instance: self.id,
      environment: self.environment,
      endpoint: self.endpoint,
      eventsEndpoint: self.eventsEndpoint,
      services: [...this.services.keys()],
      inFlight: requests.inFlight,
      waitingFor: [...this.waiting],
      sources: discovery.status(),
      known: this.ownClient.services(),
      peers: [...requester.routes.all()].map((peer) => peer.view()),
      events: { ...subscriber.counts, behind: subscriber.behind(), slow: events.slow.list() },
      durable: Object.fromEntries(
        [...this.services.keys()].flatMap((name) => {
          const groups = this.node.durableStats(name);
          return groups === undefined ? [] : [[name, groups]];
        }),
      ),
      malformed: transport.malformed,
    };
  }

  private async start(): Promise<this> {
    this.state = 'starting';
    await this.node.start();
    this.hook.current = 'a factory of a provider';
    await this.container.init();
    const instances = this.container.instances();
    await runHook(instances, 'onInit', this.hook);
    if (this.closing !== undefined) throw new Error('the application was closed while it started');
    for (const definition of this.definition.services) this.serve(definition);
    this.node.announce();
    this.state = 'listening';
    const { endpoint, eventsEndpoint, id } = this.node.self;
    const services = [...this.services.keys()];
    this.logger.info(
      { services, instance: id, endpoint, eventsEndpoint },
      services.length === 0 ? 'client ready' : 'listening',
    );
    if (this.node.parts.options.insecure) {
      this.logger.warn(
        { endpoint },
        'insecure: messages are neither encrypted nor authenticated; use a network that you trust',
      );
    }
    if (this.node.parts.options.surviveRejections && services.length > 0) {
      this.forgetRejections = surviveRejections(this.logger);
    }
    if (this.node.parts.options.shutdownSignals)
      this.forgetSignals = onShutdown(() => this.close(), this.logger);
    await runHook(instances, 'onListening', this.hook);
    return this;
  }

  private serve(definition: ServiceDefinition): void {
    const service = this.services.get(definition.name)!;
    const resolve = (type: Token): unknown => this.container.get(type, definition.module);
    bindService(service, definition, this.inbound, resolve);
    this.node.serve(service);
    for (const handler of service.events) this.node.listen(service.name, handler);
  }

  private async stop(): Promise<void> {
    if (this.state === 'created') {
      this.state = 'closed';
      await this.node.close();
      return;
    }
    const failures: Error[] = [];
    const { clock, options } = this.node.parts;
    const within = options.drainTimeout;
    // A start that is under way ends by itself: it sees that the application is closing.
    const started = this.listening?.catch(() => undefined) ?? Promise.resolve();
    if (!(await bounded(clock, within, started))) {
      failures.push(new Error(`${this.hook.current} did not return within ${within} ms of the close`));
    }
    if (this.state === 'closed') return;
    this.state = 'draining';
    const running = await this.node.drain();
    if (running !== undefined) {
      this.logger.warn({ running }, 'closing: the drain timeout has passed with work unfinished');
    }
    await this.runOnClose().catch(({ errors }: AggregateError) => failures.push(...(errors as Error[])));
    await this.release();
    this.logger.info({ instance: this.node.id }, 'closed');
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
    }
  }

  /** A start that failed: what was opened is closed. */
  private async abandon(): Promise<void> {
    // One that was closed while a hook of its start hung has nothing left to close.
    if (this.state === 'draining' || this.state === 'closed') return;
    await this.runOnClose().catch((error: unknown) => {
      this.logger.error({ err: error }, 'closing after a failed start');
    });
    await this.release();
  }

  private runOnClose(): Promise<void> {
    const { clock, options } = this.node.parts;
    return runOnClose(this.container.instances(), { clock, within: options.drainTimeout });
  }

  private async release(): Promise<void> {
    await this.node.close();
    await this.container.close();
    this.forgetSignals();
    this.forgetRejections();
    this.state = 'closed';
  }
}

/** True when something of the application asks for the client. */
function injectsClient({ modules }: ApplicationDefinition): boolean {
  const wants = ({ token }: { readonly token: Token }): boolean => token === AtomClient;
  return modules.some(({ providers }) =>
    providers.some((provider) => 'dependencies' in provider && provider.dependencies.some(wants)),
  );
}
