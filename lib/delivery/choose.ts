import type { Random } from '../../nucleus/clock.js';
import { pick } from './balancer.js';
import type { Call } from './call.js';
import type { Peer } from './peer.js';
import { ownerOf } from './rendezvous.js';
import type { ServiceRoutes } from './service-routes.js';

/** The instance that `call` goes to next: among those that have not been tried, the one it names, its key's, or the cheaper of two. */
export function choose(
  call: Call,
  routes: ServiceRoutes | undefined,
  random: Random,
  now: number,
): Peer | undefined {
  if (routes === undefined) return undefined;
  const { instance, tried } = call;
  const { key } = call.options;
  if (instance === undefined && tried === undefined && key === undefined) return routes.pick(random, now);
  const isUntried = (peer: Peer): boolean => tried?.has(peer.instance) !== true;
  if (instance !== undefined) {
    return routes.peers.find((peer) => peer.instance === instance && isUntried(peer));
  }
  const candidates = routes.among(isUntried);
  return key === undefined ? pick(candidates, random, now) : ownerOf(candidates, key);
}
