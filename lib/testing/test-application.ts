import { type Clock, type Random, systemClock } from '../../nucleus/clock.js';
import { memoryDiscovery } from '../../nucleus/memory-discovery.js';
import { type Application } from '../application/application.js';
import { assemble, Empty } from '../application/factory.js';
import { loggerOf } from '../application/logger.js';
import type { NodeParts } from '../application/mesh-node.js';
import { type AtomOptions, resolveOptions } from '../application/options.js';
import type { AtomClient } from '../client/atom-client.js';
import type { Override } from '../container/overrides.js';
import type { ModuleReference, Token } from '../metadata/definitions.js';
import { MemoryDurableLog } from '../durable/memory-log.js';
import { MemoryTransport } from '../transport/memory/memory-transport.js';
import { heldClock } from './held-clock.js';
import { TestNetwork } from './test-network.js';

/** Takes the place of a provider, wherever a module provides its token. */
export type TestOverride = { readonly provide: Token } & Override;

/** Where and how a test application lives. */
export interface TestPlace {
  /** Default: one of its own, where it is alone. */
  readonly network?: TestNetwork;
  /**
   * Default: the machine's clock. What is under way with a time to wait (a request, `waitFor` with a `timeout`, `close`)
   * keeps the process alive. An application that only stands there does not, so a forgotten `close` keeps it alive no
   * longer than a request may take. A `FakeClock` is shared by all applications of a network, and keeps nothing alive.
   */
  readonly clock?: Clock;
  /** Default: `Math.random`. */
  readonly random?: Random;
  /**
   * As for `AtomFactory.create`. Unless they say otherwise: signals and environment variables are taken no notice of, and
   * the log shows errors only, such as what a handler threw; `logLevel: 'silent'` where a test provokes them on purpose.
   */
  readonly options?: Omit<AtomOptions, 'discovery'>;
}

export interface TestApplicationOptions extends TestPlace {
  readonly overrides?: readonly TestOverride[];
  /** Called before it listens, as what stands between `AtomFactory.create` and `listen`: such as `(app) => app.use(middleware)`. */
  readonly configure?: (app: Application) => void;
}

/**
 * An application that listens, on the memory transport and with memory discovery: no socket, no file, no other
 * process. Close it when done.
 * @throws BootstrapError as `AtomFactory.create`, and for an override that replaces nothing
 */
export function createTestApplication(
  root: ModuleReference,
  { overrides = [], configure, ...place }: TestApplicationOptions = {},
): Promise<Application> {
  const replaced = new Map<Token, Override>(overrides.map(({ provide, ...override }) => [provide, override]));
  // A mistake is a rejection, as one in `listen` is.
  return Promise.resolve().then(() => {
    const app = assemble(root, testParts(place), replaced);
    configure?.(app);
    return app.listen();
  });
}

/** A client that serves nothing; call `close` when done. */
export async function createTestClient(
  network: TestNetwork,
  place: Omit<TestPlace, 'network'> = {},
): Promise<AtomClient & { close(): Promise<void> }> {
  const app = await createTestApplication(Empty, { ...place, network });
  return Object.assign(app.client, { close: () => app.close() });
}

function testParts({
  network = new TestNetwork(),
  clock = heldClock,
  random = Math.random,
  options: given = {},
}: TestPlace): NodeParts {
  const options = resolveOptions({ logLevel: 'error', shutdownSignals: false, ...given }, {});
  const { environment, budget, maxBody } = options;
  const logger = loggerOf(options);
  // What goes on for as long as the application lives is nothing that a test waits for.
  const background = clock === heldClock ? systemClock : clock;
  return {
    options,
    clock,
    background,
    random,
    logger,
    hostId: 'memory',
    createTransport: (instance) =>
      new MemoryTransport(network.messages, { instance, budget, maxBody }, clock),
    durableLog: () => new MemoryDurableLog(network.log, environment, background, options.durable.maxBacklog),
    createDiscovery: (self) =>
      memoryDiscovery(network.registry, { self, environment, clock: background, random, logger }),
  };
}
