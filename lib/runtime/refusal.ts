import { AtomError } from '../errors.js';
import { closest } from '../metadata/closest.js';
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
  if (call.t === 'req') {
    const names = service.operations().map(({ name }) => name);
    const message = `Operation '${call.o}' not supported by '${call.s}'${instead(call.o, names)}`;
    return new AtomError('UNIMPLEMENTED', message);
  }
  const topics = service.events.map(({ topic }) => topic);
  const message = `Topic '${call.p}' not handled by '${call.s}'${instead(call.p, topics)}`;
  return new AtomError('UNIMPLEMENTED', message);
}

/** Names that are told where none is near. */
const MOST = 5;

/** The name that was meant, or those that there are; empty where there are none. */
function instead(word: string, names: readonly string[]): string {
  const near = closest(word, names);
  if (near !== undefined) return `; did you mean '${near}'?`;
  if (names.length === 0) return '';
  const rest = names.length > MOST ? `, and ${names.length - MOST} more` : '';
  return `; there is ${names.slice(0, MOST).join(', ')}${rest}`;
}
