import type { Logger } from '../../nucleus/logger.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Everything in this process that is to be closed before it ends. */
const closers = new Map<() => Promise<void>, Logger>();

/**
 * Has SIGTERM and SIGINT call `close`, and exit 0 once every application of the process is closed (1 if one
 * failed, or at a second signal). Returns the function that takes it back.
 */
export function onShutdown(close: () => Promise<void>, logger: Logger): () => void {
  if (closers.size === 0) for (const signal of SIGNALS) process.on(signal, shutdown);
  closers.set(close, logger);
  return () => {
    closers.delete(close);
    if (closers.size === 0) for (const signal of SIGNALS) process.off(signal, shutdown);
  };
}

let ending = false;

function shutdown(signal: NodeJS.Signals): void {
  if (ending) process.exit(1);
  ending = true;
  const all = [...closers].map(async ([close, logger]) => {
    logger.info({ signal }, 'closing');
    try {
      await close();
      return true;
    } catch (error) {
      logger.error({ err: error }, 'closing failed');
      return false;
    }
  });
  void Promise.all(all).then((closed) => process.exit(closed.every(Boolean) ? 0 : 1));
}
