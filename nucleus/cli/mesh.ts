import { createClientOf } from '../../lib/application/client-of.js';
import { MeshNode } from '../../lib/application/mesh-node.js';
import { resolveOptions } from '../../lib/application/options.js';
import { systemParts } from '../../lib/application/system-parts.js';
import type { AtomClient } from '../../lib/client/atom-client.js';
import { createProbe } from '../../lib/delivery/probe.js';
import type { DirectoryEntry } from '../directory.js';
import type { SourceStatus } from '../discovery.js';
import type { InstanceRecord } from '../instance-record.js';
import { atomOptions, type GlobalOptions } from './global-options.js';
import { interruption, unlessInterrupted } from './interrupt.js';
import { progress } from './progress.js';
import { stderrLogger } from './stderr-logger.js';

/** This process's place in the mesh: what it sees, and its client. */
export interface Mesh {
  readonly client: AtomClient;
  readonly environment: string;
  readonly instance: string;
  /** Every instance that is known now, with the evidence against it. */
  entries(): readonly DirectoryEntry[];
  /** Names of the services that are known now, in order. */
  services(): string[];
  sources(): readonly SourceStatus[];
  /** Resolves when nothing has changed for 300 ms, after 2 s at most. */
  quiet(): Promise<void>;
  /** Resolves as soon as requests can go to the service, or else when it is quiet. */
  look(service: string): Promise<void>;
  /** Asks who listens at an endpoint; undefined when nobody answers within `timeout` ms. */
  ask(endpoint: string, timeout: number): Promise<InstanceRecord | undefined>;
}

export interface MeshOptions {
  /** Makes this process known to others: they hear what it publishes only then. Default: it only looks. */
  readonly announced?: boolean;
}

/** Without a change for this long, ms, nothing more is expected… */
const QUIET = 300;
/** …unless nobody was found yet: a first question may have been lost. */
const QUIET_IF_EMPTY = 1000;
const LONGEST = 2000;
const STEP = 20;
/** What was sent may take this long, ms, to be taken. */
const DRAIN = 1000;

/** Joins the mesh, runs `work` and leaves in order, also when `work` fails or is interrupted. */
export async function withMesh<T>(
  global: GlobalOptions,
  { announced = false }: MeshOptions,
  work: (mesh: Mesh) => Promise<T>,
): Promise<T> {
  // The variables of ports are meant for the service that is started with them, not for who looks at it.
  const options = resolveOptions({
    port: 0,
    eventsPort: 0,
    drainTimeout: DRAIN,
    logger: stderrLogger(global.debug === true),
    ...atomOptions(global),
  });
  const node = new MeshNode(systemParts(options));
  try {
    return await unlessInterrupted(
      (async () => {
        await node.start();
        if (announced) node.announce();
        return work(meshOf(node));
      })(),
    );
  } finally {
    if (!interruption().aborted) await node.drain();
    await node.close();
  }
}

function meshOf(node: MeshNode): Mesh {
  const { directory } = node.discovery;
  const probe = createProbe(node.transport, node.parts.clock);
  const started = performance.now();
  let changed = started;
  directory.subscribe(() => void (changed = performance.now()));

  const isQuiet = (): boolean => {
    const now = performance.now();
    if (now - started >= LONGEST) return true;
    if (node.discovery.status().some(({ state }) => state === 'connecting')) return false;
    return now - changed >= (directory.list().length > 0 ? QUIET : QUIET_IF_EMPTY);
  };
  const until = async (done: () => boolean): Promise<void> => {
    const waiting = progress('looking around');
    try {
      while (!done()) await new Promise((resolve) => setTimeout(resolve, STEP));
    } finally {
      waiting.done();
    }
  };
  return {
    client: createClientOf(node, [], [], new Set(), []),
    environment: node.parts.options.environment,
    instance: node.id,
    entries: () => directory.list(),
    services: () =>
      [...new Set(directory.list().flatMap(({ record }) => record.services.map(({ name }) => name)))].sort(),
    sources: () => node.discovery.status(),
    quiet: () => until(isQuiet),
    ask: (endpoint, timeout) => probe.probe(endpoint, timeout).catch(() => undefined),
    look: (service) => until(() => node.requester.routes.of(service).length > 0 || isQuiet()),
  };
}
