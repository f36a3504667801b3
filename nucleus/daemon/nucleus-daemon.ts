import { MulticastBeacon } from '../beacon/multicast-beacon.js';
import type { Clock, Random } from '../clock.js';
import { createDiscovery } from '../create-discovery.js';
import type { Discovery } from '../discovery.js';
import { isLoopback } from '../endpoint.js';
import type { InstanceRecord } from '../instance-record.js';
import type { Logger } from '../logger.js';
import type { MulticastOption } from '../multicast-option.js';
import { Prober } from '../prober.js';
import { RedisRegistry, type RedisRegistryOptions } from '../registry/redis-registry.js';
import { Broker } from './broker.js';
import { EnvironmentStore } from './environment-store.js';
import { RegistryServer } from './registry-server.js';
import { RelayBeacon } from './relay-beacon.js';
import { StoreRegistry } from './store-registry.js';

export interface NucleusDaemonOptions {
  /** The environment whose mesh it takes part in. It serves the registry to every environment. */
  readonly environment: string;
  /** Host id of this host. */
  readonly host: string;
  /** What the registry's socket listens on, and the interface of multicast. */
  readonly bind: string;
  /** Of the registry's socket. 0: the system chooses. */
  readonly port: number;
  readonly insecure?: boolean;
  /** What the registry is kept in; none: in memory. */
  readonly redis?: RedisRegistryOptions['redis'] | undefined;
  /** What that is, for people: `redis`, `own redis` or `memory`. */
  readonly registry: string;
  readonly multicast: MulticastOption;
  readonly seeds: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * The nucleus: serves a registry, and carries what one source of discovery knows to the others. It takes part
 * in the mesh as an application does, and that application's discovery is its own: `discovery` makes it.
 */
export class NucleusDaemon {
  readonly server: RegistryServer;
  private readonly stores = new Map<string, EnvironmentStore>();
  private readonly prober: Prober;
  private broker: Broker | undefined;
  private beacon: RelayBeacon | undefined;
  private mesh: Discovery | undefined;
  private closed = false;
  /** Stores that were forgotten, until they have closed. */
  private readonly closing = new Set<Promise<void>>();
  private saidFull = false;

  constructor(private readonly options: NucleusDaemonOptions) {
    const { bind, port, insecure, clock, random, logger } = options;
    this.prober = new Prober({ clock, random });
    this.server = new RegistryServer({
      bind,
      port,
      ...(insecure === undefined ? {} : { insecure }),
      clock,
      logger,
      store: (environment) => this.store(environment),
      present: (environment) => this.stores.get(environment),
    });
  }

  /** Serves the registry. @throws Error naming address and mend when it cannot be bound */
  async open(): Promise<void> {
    await this.server.open();
  }

  /** The discovery of the application through which the nucleus takes part in its mesh. */
  discovery(self: string): Discovery {
    const { environment, host, bind, multicast, seeds, clock, random, logger, registry } = this.options;
    this.beacon =
      multicast === 'off'
        ? undefined
        : new RelayBeacon({
            self,
            host,
            beacon: new MulticastBeacon({ ...multicast, bind, clock, logger }),
            clock,
            random,
          });
    const store = this.store(environment)!;
    this.mesh = createDiscovery({
      self,
      environment,
      host,
      bind,
      registry: new StoreRegistry(store, clock, registry),
      multicast: 'off',
      ...(this.beacon === undefined ? {} : { beacon: this.beacon }),
      seeds,
      prober: this.prober,
      clock,
      random,
      logger,
    });
    return this.mesh;
  }

  /**
   * Begins to carry news: for those whom the process is in touch with, as `connected` tells. After the
   * application has begun to listen.
   */
  relay(connected: (instance: string) => boolean): void {
    const { environment, clock } = this.options;
    if (this.mesh === undefined || this.closed) return;
    const { directory } = this.mesh;
    this.broker = new Broker({
      directory,
      store: this.store(environment)!,
      beacon: this.beacon,
      connected,
      clock,
    });
    this.broker.open();
  }

  /** After the application has closed. Leaves no handle open. */
  async close(): Promise<void> {
    this.closed = true;
    this.broker?.close();
    this.prober.close();
    this.server.close();
    await Promise.all([...this.stores.values()].map((store) => store.close()));
    await Promise.all(this.closing);
  }

  /**
   * The store of an environment; made when it is first asked for. Where there are too many it takes the place of
   * an idle one; undefined when none is idle.
   */
  store(environment: string): EnvironmentStore | undefined {
    const present = this.stores.get(environment);
    if (present !== undefined || this.closed || !this.hasRoom(environment)) return present;
    const { redis, clock, random, logger } = this.options;
    const backing =
      redis === undefined ? undefined : new RedisRegistry({ environment, redis, clock, random, logger });
    const store = new EnvironmentStore({ clock, backing, ask: (record) => this.ask(record) });
    this.stores.set(environment, store);
    store.open();
    return store;
  }

  private hasRoom(environment: string): boolean {
    const { environment: own, logger } = this.options;
    if (this.stores.size < MAX_ENVIRONMENTS || environment === own) return true;
    for (const [name, store] of this.stores) {
      if (name === own || !store.isIdle) continue;
      this.stores.delete(name);
      const closing = store.close().finally(() => this.closing.delete(closing));
      this.closing.add(closing);
      return true;
    }
    if (!this.saidFull) {
      const mend =
        'end what runs in environments that are not needed, or start another nucleus for some of them';
      logger.warn(
        { environment, bound: MAX_ENVIRONMENTS },
        `the registry serves ${MAX_ENVIRONMENTS} environments at a time, all are in use, and a further one is not served: ${mend}`,
      );
    }
    this.saidFull = true;
    return false;
  }

  private async ask(record: InstanceRecord): Promise<'answered' | 'silent' | 'unknown'> {
    if (record.host !== this.options.host && isLoopback(record.endpoint)) return 'unknown';
    const answer = await this.prober.ask(record.endpoint);
    if (answer === 'skipped') return 'unknown';
    return answer !== 'silent' && answer.id === record.id ? 'answered' : 'silent';
  }
}

const MAX_ENVIRONMENTS = 64;
