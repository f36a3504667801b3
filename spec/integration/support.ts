import { AtomClient } from '../../lib/client/atom-client.js';
import type { Application } from '../../lib/application/application.js';
import { AtomFactory } from '../../lib/application/factory.js';
import type { AtomOptions } from '../../lib/application/options.js';
import { AtomModule } from '../../lib/decorators/atom-module.js';
import { AtomError } from '../../lib/errors.js';
import type { Class, DynamicModule, ModuleOptions, ModuleReference } from '../../lib/metadata/definitions.js';
import { randomMulticast } from '../support/multicast.js';

export type TestClient = AtomClient & { close(): Promise<void> };

/** Applications of one spec, which find one another by a multicast group of their own; closed after each test. */
export class Applications {
  private readonly open: { close(): Promise<void> }[] = [];
  private readonly group = randomMulticast();

  /** Options that keep this spec to itself. */
  options(over: AtomOptions = {}): AtomOptions {
    const discovery = { multicast: this.group };
    return { logger: false, shutdownSignals: false, discovery, ...over };
  }

  create(root: ModuleReference, over: AtomOptions = {}): Application {
    const app = AtomFactory.create(root, this.options(over));
    this.open.push(app);
    return app;
  }

  listen(root: ModuleReference, over: AtomOptions = {}): Promise<Application> {
    return this.create(root, over).listen();
  }

  async client(over: AtomOptions = {}): Promise<TestClient> {
    const client = await AtomFactory.createClient(this.options(over));
    this.open.push(client);
    return client;
  }

  /** Registers mocha's hook that closes everything. */
  closeAfterEach(): this {
    afterEach(() => this.close());
    return this;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map((one) => one.close()));
  }
}

/** A module of these services. */
export function moduleOf(services: readonly Class[], more: ModuleOptions = {}): DynamicModule {
  class TestModule {}
  (AtomModule({}) as (type: Class) => void)(TestModule);
  return { module: TestModule, services, ...more };
}

/** What `run` rejects with, which must be an AtomError. */
export async function failure(run: Promise<unknown>): Promise<AtomError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof AtomError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
