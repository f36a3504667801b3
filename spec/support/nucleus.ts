import { systemClock, type Clock } from '../../nucleus/clock.js';
import { EnvironmentStore } from '../../nucleus/daemon/environment-store.js';
import { RegistryServer } from '../../nucleus/daemon/registry-server.js';
import { silentLogger } from '../../nucleus/logger.js';
import { NucleusRegistry, type NucleusRegistryOptions } from '../../nucleus/registry/nucleus-registry.js';
import { freePort } from './free-port.js';

/** The registry of the nucleus at `endpoint`, as an application of environment 'test' has it; not opened yet. */
export function nucleusRegistry(
  endpoint: string,
  over: Partial<NucleusRegistryOptions> = {},
): NucleusRegistry {
  return new NucleusRegistry({
    environment: 'test',
    endpoint,
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    ...over,
  });
}

/** A registry server on loopback, which keeps its records in memory. */
export class NucleusFixture {
  server: RegistryServer;
  private stores = new Map<string, EnvironmentStore>();
  private port = 0;

  constructor(
    private readonly clock: Clock = systemClock,
    private readonly bind = '127.0.0.1',
  ) {
    this.server = this.create();
  }

  get endpoint(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  /** Those that it has a store of. */
  get environments(): string[] {
    return [...this.stores.keys()];
  }

  store(environment = 'test'): EnvironmentStore {
    const present = this.stores.get(environment);
    if (present !== undefined) return present;
    const store = new EnvironmentStore({ clock: this.clock, ask: async () => 'unknown' });
    store.open();
    this.stores.set(environment, store);
    return store;
  }

  /** On the port of the last time, if there was one: then it comes back empty. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    this.server = this.create();
    await this.server.open();
  }

  async stop(): Promise<void> {
    this.server.close();
    await Promise.all([...this.stores.values()].map((store) => store.close()));
    this.stores = new Map();
  }

  private create(): RegistryServer {
    return new RegistryServer({
      bind: this.bind,
      port: this.port,
      clock: this.clock,
      logger: silentLogger,
      store: (environment) => this.store(environment),
      present: (environment) => this.stores.get(environment),
    });
  }
}
