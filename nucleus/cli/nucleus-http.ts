import type { MeshView } from '../daemon/http-api.js';
import { HTTP_PORT } from '../daemon/http/http-options.js';
import { isLoopbackHost, splitEndpoint } from '../endpoint.js';
import { NUCLEUS_PORT } from '../registry/nucleus-layout.js';
import { DaemonFiles } from './daemon-files.js';
import { environmentOf, type GlobalOptions } from './global-options.js';

/** Where a nucleus answers that this user has not started: of a container, or of another user. */
const DEFAULT_ADDRESS = `http://127.0.0.1:${HTTP_PORT}`;
/** A nucleus on this machine answers at once or not at all, ms. */
const PATIENCE = 700;

/** What a nucleus knows, and where it was asked. */
export interface NucleusView {
  readonly address: string;
  readonly view: MeshView;
}

/**
 * Asks the nucleus of this machine for its view of the mesh. Undefined when none runs, when it looks after
 * another environment, or when the command line says itself where to look, or `ATOM_NUCLEUS` names others only.
 */
export async function askNucleus(options: GlobalOptions): Promise<NucleusView | undefined> {
  const { redis, seeds, multicast, nucleus } = options;
  if ([redis, seeds, multicast, nucleus].some((own) => own !== undefined)) return undefined;
  const note = new DaemonFiles().running();
  if (!isMeant(process.env.ATOM_NUCLEUS, note?.registryEndpoint)) return undefined;
  const address = note?.address ?? DEFAULT_ADDRESS;
  try {
    const response = await fetch(`${address}/services`, { signal: AbortSignal.timeout(PATIENCE) });
    const view = response.ok ? ((await response.json()) as Partial<MeshView>) : {};
    return isView(view) && view.environment === environmentOf(options) ? { address, view } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether `ATOM_NUCLEUS` leaves it open which nucleus is asked, or names the one whose registry is at `registry`. */
export function isMeant(named = '', registry = `tcp://127.0.0.1:${NUCLEUS_PORT}`): boolean {
  if (named === '') return true;
  const own = splitEndpoint(registry);
  return named
    .split(',')
    .map((endpoint) => splitEndpoint(endpoint.trim()))
    .some(
      (one) =>
        one !== undefined && one.port === own?.port && (isLoopbackHost(one.host) || one.host === own.host),
    );
}

/** Enough of a look to know it from what another program on that port might say. */
function isView(view: Partial<MeshView>): view is MeshView {
  return (
    typeof view.environment === 'string' && Array.isArray(view.services) && Array.isArray(view.instances)
  );
}
