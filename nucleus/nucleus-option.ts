import { splitEndpoint } from './endpoint.js';
import { NUCLEUS_PORT } from './registry/nucleus-layout.js';

/** Which nuclei are asked. */
export interface NucleusOption {
  /** `tcp://host:port`, each; none: no nucleus. */
  readonly endpoints: readonly string[];
  /** False: it is looked for in case there is one, and nothing is said when there is none. */
  readonly expected: boolean;
}

/** The one that may run on this machine. */
export const DEFAULT_NUCLEUS: NucleusOption = {
  endpoints: [`tcp://127.0.0.1:${NUCLEUS_PORT}`],
  expected: false,
};

/**
 * Reads `ATOM_NUCLEUS` or the option: `off`, an endpoint, several with commas, or a list.
 * Throws a `TypeError` that says how to write it.
 */
export function parseNucleus(given: string | readonly string[]): NucleusOption {
  if (given === 'off') return { endpoints: [], expected: false };
  const endpoints = (typeof given === 'string' ? given.split(',') : given)
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '');
  for (const endpoint of endpoints) {
    if (splitEndpoint(endpoint) !== undefined) continue;
    throw new TypeError(
      `Nucleus '${endpoint}' is not an endpoint: write it as 'tcp://host:${NUCLEUS_PORT}', or 'off' for none`,
    );
  }
  return { endpoints, expected: true };
}
