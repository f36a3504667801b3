import type { Logger } from '../../nucleus/logger.js';
import { currentMessage } from '../runtime/current-message.js';

/** Loggers of the applications of this process that survive. */
const survivors = new Set<{ readonly logger: Logger }>();

/**
 * Has the process survive a promise that is rejected and that nobody awaits, as a handler may leave behind: it is
 * logged, with the handler where that is known. Returns the function that takes it back.
 */
export function surviveRejections(logger: Logger): () => void {
  if (survivors.size === 0) process.on('unhandledRejection', log);
  const own = { logger };
  survivors.add(own);
  return () => {
    survivors.delete(own);
    if (survivors.size === 0) process.off('unhandledRejection', log);
  };
}

function log(err: unknown): void {
  const handler = currentMessage.get();
  const [any] = survivors;
  const whose = handler === undefined ? '' : `, left behind by ${handler.name}`;
  (handler ?? any)?.logger.error({ err }, `a promise was rejected that nobody awaits${whose}`);
}
