import type { AtomError } from '../errors.js';
import type { Call } from './call.js';
import type { Peer } from './peer.js';

/** What a peer tells of its calls. */
export interface PeerOwner {
  /** The call was not sent: it may go elsewhere. */
  returned(call: Call): void;
  /** The call ended here with `error`, after which it may be tried again. */
  ended(call: Call, error: AtomError, peer: Peer): void;
  /** An attempt of the call, which another had overtaken, is lost. */
  lostOvertaken(call: Call, peer: Peer): void;
}

/** What a peer's breaker asks and tells. */
export interface PeerWatcher {
  mayEject(peer: Peer): boolean;
  turned(peer: Peer): void;
}
