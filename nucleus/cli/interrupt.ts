import { setMaxListeners } from 'node:events';
import { EXIT } from './exit-codes.js';

/** The user, or whoever reads the output, has had enough. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** How long a command may take to leave in order, ms. */
const GRACE = 3000;
/** What an interrupted command may take to say what it has, ms. */
const LAST_WORDS = 300;
const TERMINATED = 143;

const controller = new AbortController();
setMaxListeners(0, controller.signal);
let listening = false;

/** Ends what waits for `unlessInterrupted`; the process ends with `exitCode`, at the latest after 3 s. */
export function interrupt(exitCode: number): void {
  if (controller.signal.aborted) process.exit(exitCode);
  controller.abort(new Interruption(exitCode));
  setTimeout(() => process.exit(exitCode), GRACE).unref();
}

/** From now on Ctrl-C and SIGTERM are told by the signal that this gives; a second one ends at once. */
export function interruption(): AbortSignal {
  if (!listening) {
    listening = true;
    process.on('SIGINT', () => interrupt(EXIT.INTERRUPTED));
    process.on('SIGTERM', () => interrupt(TERMINATED));
  }
  return controller.signal;
}

/**
 * What `work` gives. After an interruption it has 300 ms left: it may look at `interruption()` and say what it has.
 * @throws Interruption when there was one
 */
export async function unlessInterrupted<T>(work: Promise<T>): Promise<T> {
  const signal = interruption();
  let stop = (): void => {};
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => void setTimeout(() => reject(signal.reason as Error), LAST_WORDS);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    const result = await Promise.race([work, interrupted]);
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
