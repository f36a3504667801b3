import type { MeshView } from '../../daemon/http-api.js';

/** How many points a line has. */
const LENGTH = 60;

/** What a service has done of late, the newest last. */
export interface Trail {
  readonly rates: readonly number[];
  readonly errors: readonly number[];
}

export type Trails = ReadonlyMap<string, Trail>;

/** The name under which all services together stand. */
export const ALL = '';

/** The trails with one more point each; those of services that are gone are left out. */
export function extend(trails: Trails, mesh: MeshView): Trails {
  const next = new Map<string, Trail>();
  let rate = 0;
  let errors = 0;
  for (const { name, perSecond, errorsPerSecond } of mesh.services) {
    rate += perSecond;
    errors += errorsPerSecond;
    next.set(name, append(trails.get(name), perSecond, errorsPerSecond));
  }
  return next.set(ALL, append(trails.get(ALL), rate, errors));
}

function append(trail: Trail | undefined, rate: number, errors: number): Trail {
  return {
    rates: [...(trail?.rates ?? []), rate].slice(-LENGTH),
    errors: [...(trail?.errors ?? []), errors].slice(-LENGTH),
  };
}
