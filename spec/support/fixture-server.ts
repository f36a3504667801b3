import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AtomError } from '../../lib/errors.js';
import { systemClock } from '../../nucleus/clock.js';
import type { DaemonHealth, InstanceHealth, MeshView, RequestBody } from '../../nucleus/daemon/http-api.js';
import { startHttp, type Http } from '../../nucleus/daemon/http/start-http.js';
import { silentLogger } from '../../nucleus/logger.js';
import { FixtureMesh } from './fixture-mesh.js';
import { ROOT } from './tree.js';

/** How often the mesh is told, ms. */
const EVERY = 500;

/** The nucleus's HTTP side over a mesh that is made up: for what is to be seen of a page whose mesh is known. */
export class FixtureServer {
  readonly token = 'token-of-the-fixture';
  /** What was sent by the page. */
  readonly requests: RequestBody[] = [];
  private readonly startedAt = Date.now();
  private readonly listeners = new Set<() => void>();
  private readonly timer: NodeJS.Timeout;
  private current: MeshView;
  private http: Http | undefined;
  private port = 0;

  constructor(readonly mesh: FixtureMesh) {
    this.current = mesh.view();
    this.timer = setInterval(() => this.refresh(), EVERY);
  }

  /** Listens again on the same port after a `close`. */
  async listen(port = this.port): Promise<void> {
    this.http = await startHttp({
      port,
      token: this.token,
      page: join(ROOT, 'dist/nucleus/dashboard/page'),
      clock: systemClock,
      logger: silentLogger,
      model: {
        view: () => this.current,
        instance: (id) => this.current.instances.find((instance) => instance.id === id),
        subscribe: (listener) => {
          this.listeners.add(listener);
          return () => this.listeners.delete(listener);
        },
      },
      history: this.mesh.history,
      source: { describe: async (_, service) => this.mesh.describe(service) },
      actions: {
        request: async (body) => this.answer(body),
        publish: async () => ({ services: 2, instances: 2, dropped: 0 }),
      },
      health: () => this.health(),
    });
    this.port = this.http.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What `atom status` would print. */
  get address(): string {
    return `${this.url}/#token=${this.token}`;
  }

  /** Changes an instance's health and tells it. */
  turn(id: string, health: InstanceHealth, reason: string): void {
    this.mesh.turn(id, health, reason);
    this.refresh();
  }

  /** Stops answering. */
  async stop(): Promise<void> {
    await this.http?.close();
    this.http = undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.stop();
  }

  private refresh(): void {
    this.current = this.mesh.view();
    for (const listener of this.listeners) listener();
  }

  /** Says back what was sent; refuses a quantity that is no number, as a lexeme would. */
  private answer(body: RequestBody): unknown {
    this.requests.push(body);
    const { quantity } = (body.data ?? {}) as { quantity?: unknown };
    if (typeof quantity === 'number') return { echo: body.data };
    throw new AtomError('INVALID_ARGUMENT', 'Invalid PlaceOrder: quantity must be an integer', {
      outcome: 'REJECTED',
      details: [{ path: 'quantity', rule: 'isInt', message: 'must be an integer' }],
    });
  }

  private health(): DaemonHealth {
    return {
      status: 'ok',
      pid: process.pid,
      version: '0.0.0',
      environment: 'fixture',
      startedAt: this.startedAt,
      registry: 'own redis',
      registryEndpoint: 'tcp://127.0.0.1:7993',
      sources: [
        { name: 'registry', state: 'connected', detail: 'redis://127.0.0.1:6390' },
        { name: 'multicast', state: 'connected', detail: '239.1.2.3:7995 on lo' },
      ],
      instances: this.current.instances.length,
    };
  }
}

// `node dist/spec/support/fixture-server.js [services] [instances] [port]`, to look at the page by hand.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [services = 5, instances = services + 1, port = 0] = process.argv.slice(2).map(Number);
  const server = new FixtureServer(new FixtureMesh(services, instances));
  await server.listen(port);
  console.log(server.address);
}
