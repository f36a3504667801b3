import type { DaemonNote } from './daemon-files.js';
import { AlreadyRunning } from './run-daemon.js';

/** What the background process tells the one that started it. */
export type DaemonAnswer = { readonly note: DaemonNote } | { readonly failure: DaemonFailure };

export interface DaemonFailure {
  readonly message: string;
  /** Set when one runs already. */
  readonly running?: DaemonNote;
}

export function failureOf(error: unknown): DaemonFailure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof AlreadyRunning ? { message, running: error.running } : { message };
}
