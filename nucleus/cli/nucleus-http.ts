import type { MeshView } from '../daemon/http-api.js';
import type { GlobalOptions } from './global-options.js';

/** Where a nucleus answers when nothing else is said. */
const DEFAULT_ADDRESS = 'http://127.0.0.1:7994';
/** A nucleus on this machine answers at once or not at all, ms. */
const PATIENCE = 700;

/** What a nucleus knows, and where it was asked. */
export interface NucleusView {
  readonly address: string;
  readonly view: MeshView;
}

/**
 * Asks the nucleus of this machine for its view of an environment. Undefined when none runs, when it looks
 * after another environment, or when the command line says itself where to look.
 */
export async function askNucleus(
  options: GlobalOptions,
  environment: string,
  address = DEFAULT_ADDRESS,
): Promise<NucleusView | undefined> {
  if ([options.redis, options.seeds, options.multicast].some((own) => own !== undefined)) return undefined;
  try {
    const response = await fetch(`${address}/services`, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return undefined;
    const view = (await response.json()) as MeshView;
    return view.environment === environment && Array.isArray(view.services) ? { address, view } : undefined;
  } catch {
    return undefined;
  }
}
