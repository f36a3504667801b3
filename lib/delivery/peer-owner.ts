import type { InstanceRecord } from '../../nucleus/instance-record.js';
import type { AtomError } from '../errors.js';
import type { Breaker } from './breaker.js';
import type { Call, CallCarrier } from './call.js';

/** An instance, as those see it who are told of its calls. */
export interface Target extends CallCarrier {
  readonly record: InstanceRecord;
  readonly breaker: Breaker;
}

/** What a peer tells of its calls. */
export interface PeerOwner {
  /** The call was not sent: it may go elsewhere. */
  returned(call: Call): void;
  /** The call ended here with `error`, after which it may be tried again. */
  ended(call: Call, error: AtomError, peer: Target): void;
  /** An attempt of the call, which another had overtaken, is lost. */
  lostOvertaken(call: Call, peer: Target): void;
}

/** What a peer's breaker asks and tells. */
export interface PeerWatcher {
  mayEject(peer: Target): boolean;
  turned(peer: Target): void;
}
