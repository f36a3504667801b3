import type { Clock } from '../../nucleus/clock.js';
import type { DirectoryEntry } from '../../nucleus/directory.js';
import type { Logger } from '../../nucleus/logger.js';
import type { Publisher } from '../delivery/publisher.js';
import type { Requester } from '../delivery/requester.js';
import type { Subscriber } from '../delivery/subscriber.js';
import type { DurableEvents } from '../durable/durable-events.js';
import { amended, AtomError } from '../errors.js';
import type { Class, ServiceDefinition } from '../metadata/definitions.js';
import { serviceNameProblem } from '../metadata/names.js';
import { currentMessage } from '../runtime/current-message.js';
import type { Middleware } from '../runtime/middleware.js';

/** What the client needs of the process that it belongs to. */
export interface ClientHost {
  readonly instance: string;
  readonly requester: Requester;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  /** Undefined where there is no Redis. */
  readonly durable: DurableEvents | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestTimeout: number;
  readonly maxBody: number;
  /** Middleware of everything that goes out. */
  readonly outbound: readonly Middleware[];
  /** Middleware of everything that comes in. */
  readonly inbound: readonly Middleware[];
  /** The only service of the process, or empty. */
  readonly service: string;
  readonly entries: () => readonly DirectoryEntry[];
  /** What the decorators say of a service's class. @throws BootstrapError */
  readonly describe: (type: Class) => ServiceDefinition;
  /** What this process listens to has changed. */
  readonly changed: () => void;
  readonly waiting: Set<string>;
  /** False until `listen` was called. */
  readonly started: () => boolean;
  /** Aborted once the application closes: nothing new is begun, and nobody waits any longer. */
  readonly closing: AbortSignal;
}

/** On whose behalf a message is sent: the only service of the process, or the one that handles a message now. */
export function senderOf(host: ClientHost): string {
  return host.service || (currentMessage.get()?.service ?? '');
}

/** @throws AtomError `FAILED_PRECONDITION` before the application listens, `UNAVAILABLE` once it is closed */
export function checkOpen({ started, closing }: ClientHost): void {
  if (closing.aborted) throw closed();
  if (started()) return;
  throw new AtomError('FAILED_PRECONDITION', 'The application does not listen yet: call listen() first', {
    outcome: 'NOT_SENT',
  });
}

export function closed(): AtomError {
  return new AtomError('UNAVAILABLE', 'This client is closed', { outcome: 'NOT_SENT' });
}

/** What needs the durable log, where there is none. */
export function withoutLog(what: string): AtomError {
  return new AtomError(
    'FAILED_PRECONDITION',
    `${what}, which needs Redis: give its URL (option 'discovery.redis', ATOM_REDIS_URL)`,
    { outcome: 'NOT_SENT' },
  );
}

/** An argument that is wrong, found before anything was sent. */
export function notSent(message: string): AtomError {
  return new AtomError('INVALID_ARGUMENT', message, { outcome: 'NOT_SENT' });
}

/** @throws AtomError `INVALID_ARGUMENT` for what is no service's name */
export function checkService(name: unknown): void {
  const problem = serviceNameProblem(name);
  if (problem !== undefined) throw notSent(problem);
}

/** Has what `check` throws say that nothing was sent. */
export function notSentIfWrong<T>(check: () => T): T {
  try {
    return check();
  } catch (thrown) {
    throw amended(AtomError.from(thrown), { outcome: 'NOT_SENT' });
  }
}
