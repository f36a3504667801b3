import { AtomError } from '../errors.js';
import { currentMessage } from '../runtime/current-message.js';
import type { ContextHost } from '../runtime/inbound-context.js';
import { checkMessage } from '../runtime/message-check.js';
import type { EventHandler } from '../runtime/service-runtime.js';
import { DurableContext } from './durable-context.js';
import type { StoredEvent } from './stored-event.js';

/**
 * Runs the handler of an event from the log. Resolves to what it failed with, undefined when it did not; never rejects.
 */
export async function runEvent(
  host: ContextHost,
  service: string,
  handler: EventHandler,
  event: StoredEvent,
  delivery: number,
  running: Set<DurableContext>,
): Promise<Error | undefined> {
  const { topic, instance, by, key, headers, version, data } = event;
  const context = new DurableContext(
    host,
    'event',
    service,
    '',
    topic,
    undefined,
    headers && { ...headers },
    instance,
    by,
    Infinity,
  );
  context.durable = { id: event.id, delivery, key, publishedAt: event.at };
  const startedAt = host.clock.now();
  handler.stats.started(by);
  running.add(context);
  let failure: Error | undefined;
  try {
    context.data = checkMessage(handler.accepts, data, version);
    await currentMessage.run(context, handler.run);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(`${String(error)} was thrown`);
  }
  running.delete(context);
  const code = failure === undefined ? undefined : AtomError.from(failure).code;
  handler.stats.ended(host.clock.now() - startedAt, code);
  if (failure !== undefined) {
    context.logger.error({ err: failure, event: event.id, delivery }, 'durable event handler failed');
  }
  context.finish();
  return failure;
}
