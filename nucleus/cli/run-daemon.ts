import { createClientOf } from '../../lib/application/client-of.js';
import { MeshNode } from '../../lib/application/mesh-node.js';
import { systemParts } from '../../lib/application/system-parts.js';
import { ThinTransport } from '../../lib/transport/zeromq/thin-transport.js';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { History } from '../daemon/history.js';
import type { DaemonHealth } from '../daemon/http-api.js';
import { startHttp } from '../daemon/http/start-http.js';
import { MeshModel } from '../daemon/mesh-model.js';
import { NucleusDaemon } from '../daemon/nucleus-daemon.js';
import { StatsPoller } from '../daemon/stats-poller.js';
import { isWildcardHost } from '../endpoint.js';
import type { DaemonFiles, DaemonNote } from './daemon-files.js';
import type { DaemonOptions } from './daemon-options.js';
import { meshClient } from './mesh-client.js';
import { ownManifest } from './package-info.js';
import { processMark } from '../process-mark.js';
import { chooseRegistry } from './choose-registry.js';

/** It is connected to everybody: a PING a second tells it of a freeze within 2 s all the same, ms. */
const QUIET = 900;

/** Garbage is collected when it is half of what is in use. By itself V8 lets it grow to three times that, and keeps the room. */
const V8_OPTION = '--heap-growing-percent=50';

/** A nucleus in this process. */
export interface RunningDaemon {
  readonly note: DaemonNote;
  /** Ends everything in order. Harmless when repeated. */
  stop(): Promise<void>;
}

/** Another nucleus runs already. */
export class AlreadyRunning extends Error {
  constructor(readonly running: DaemonNote) {
    super(`A nucleus runs already: pid ${running.pid}, environment '${running.environment}'`);
  }
}

/**
 * Starts a nucleus in this process: its registry, its place in the mesh, its HTTP side, in this order.
 * @throws AlreadyRunning, or Error naming what could not be opened, with its mend; then all is closed again
 */
export async function runDaemon(options: DaemonOptions, files: DaemonFiles): Promise<RunningDaemon> {
  setFlagsFromString(V8_OPTION);
  const { mesh } = options;
  const startedAt = Date.now();
  const first: DaemonNote = {
    pid: process.pid,
    mark: processMark(process.pid) ?? '',
    startedAt,
    environment: mesh.environment,
  };
  const claim = files.claim(first);
  if (!claim.claimed) throw new AlreadyRunning(claim.running);
  // Closed in the other order.
  const opened: (() => unknown)[] = [() => files.release()];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      for (const close of opened.reverse()) await close();
    })());
  // Timers of the clock do not: before a socket is open, nothing else may.
  const hold = setInterval(() => undefined, 2 ** 30);
  try {
    const parts = systemParts(mesh, ThinTransport);
    const { clock, random, logger, hostId } = parts;
    const registry = await chooseRegistry(mesh.redis, files.redis, clock, logger);
    opened.push(() => registry.stop());
    const daemon = new NucleusDaemon({
      environment: mesh.environment,
      host: hostId,
      bind: mesh.bind,
      port: options.port,
      insecure: mesh.insecure,
      redis: registry.redis,
      registry: registry.name,
      multicast: mesh.multicast,
      seeds: mesh.seeds,
      clock,
      random,
      logger,
    });
    opened.push(() => daemon.close());
    await daemon.open();
    const node = new MeshNode({
      ...parts,
      quiet: QUIET,
      createDiscovery: (self) => daemon.discovery(self),
    });
    opened.push(() => node.close());
    await node.start();
    node.announce();
    const { routes } = node.requester;
    routes.holdAll();
    daemon.relay((instance) => routes.get(instance)?.isConnected ?? false);

    const port = meshClient(createClientOf(node, [], [], new Set(), []));
    const { directory } = node.discovery;
    const history = new History();
    const hidden = (instance: string): boolean => instance === node.id;
    const model = new MeshModel({ environment: mesh.environment, clock, history, directory, hidden });
    const poller = new StatsPoller({ clock, directory, model, source: port, hidden });
    opened.push(() => model.close());
    model.start();
    opened.push(() => poller.close());
    poller.start();
    const registryEndpoint = daemon.server.endpoint;
    const { version } = ownManifest();
    const health = (): DaemonHealth => {
      const sources = node.discovery.status();
      return {
        status: sources.some(({ state }) => state === 'connecting') ? 'starting' : 'ok',
        pid: process.pid,
        version,
        environment: mesh.environment,
        startedAt,
        registry: registry.name,
        registryEndpoint,
        sources,
        instances: model.size,
      };
    };
    const http = await startHttp({
      bind: mesh.bind,
      port: options.httpPort,
      hosts: [mesh.host, mesh.bind, ...options.httpHosts],
      token: files.readToken({ create: true })!,
      page: fileURLToPath(new URL('../dashboard/page', import.meta.url)),
      clock,
      logger,
      model,
      history,
      source: port,
      actions: port,
      health,
    });
    opened.push(() => http.close());
    const host = isWildcardHost(mesh.bind) ? '127.0.0.1' : mesh.bind;
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
    const note = { ...first, registry: registry.name, registryEndpoint, address };
    files.update(note);
    logger.info({ registry: registry.name, registryEndpoint, address }, 'the nucleus runs');
    if (mesh.insecure) {
      logger.warn({ registryEndpoint }, 'insecure: whoever reaches the registry can read and change it');
    }
    return {
      note,
      stop: async () => {
        if (stopping === undefined) logger.info({}, 'the nucleus ends');
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearInterval(hold);
  }
}
