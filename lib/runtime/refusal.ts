import { AtomError } from '../errors.js';
import type { Request, Signal } from '../wire/envelope.js';
import type { ServiceRuntime } from './service-runtime.js';

/** Requests of one connection that run or wait at a time: twice what callers keep to, who forget what they gave up on. */
export const MAX_RUNNING = 20_000;

/** Why a call is not run; undefined when it is. */
export function refusal(
  call: Request | Signal,
  service: ServiceRuntime | undefined,
  is: {
    readonly handled: boolean;
    readonly expired: boolean;
    readonly draining: boolean;
    readonly full?: boolean;
  },
): AtomError | undefined {
  if (is.draining) return new AtomError('UNAVAILABLE', `'${call.s}' is draining here`);
  if (service === undefined) return new AtomError('UNAVAILABLE', `Service '${call.s}' does not run here`);
  if (is.expired)
    return new AtomError('DEADLINE_EXCEEDED', `The deadline passed before '${call.s}' could run it`);
  if (is.full === true) {
    return new AtomError(
      'RESOURCE_EXHAUSTED',
      `${MAX_RUNNING} requests of this connection are under way here`,
    );
  }
  if (is.handled) return undefined;
  return call.t === 'req'
    ? new AtomError('UNIMPLEMENTED', `Operation '${call.o}' not supported by '${call.s}'`)
    : new AtomError('UNIMPLEMENTED', `Topic '${call.p}' not handled by '${call.s}'`);
}
