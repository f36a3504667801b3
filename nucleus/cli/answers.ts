import { AtomError } from '../../lib/errors.js';
import { EXIT, Failure } from './exit-codes.js';

/** What the outcomes of a failed call mean to whoever made it. */
const OUTCOMES: Readonly<Record<string, string>> = {
  NOT_SENT: 'it was not sent',
  REJECTED: 'the service did not run it',
  UNKNOWN: 'it was sent, and may have run',
  FAILED: 'the handler ran and failed',
};

/** An error as JSON has it. */
export interface ErrorView {
  readonly code: string;
  readonly outcome?: string;
  readonly message: string;
  readonly details?: unknown;
}

export function errorView(thrown: unknown): ErrorView {
  const { code, outcome, message, details } = AtomError.from(thrown);
  return {
    code,
    ...(outcome === undefined ? {} : { outcome }),
    message,
    ...(details === undefined ? {} : { details }),
  };
}

/** Nobody there or no answer is one thing, a no is another. */
export function exitCodeOf(thrown: unknown): number {
  const { code, outcome } = AtomError.from(thrown);
  if (code === 'DEADLINE_EXCEEDED') return EXIT.NOBODY;
  if (code === 'UNAVAILABLE' && outcome === 'NOT_SENT') return EXIT.NOBODY;
  return EXIT.FAILED;
}

/** What to do about a failed call; empty where the error says it all. */
function mendOf(thrown: unknown, service: string): string {
  const { code, details, outcome, operation = '' } = AtomError.from(thrown);
  const lines: string[] = [];
  if (Array.isArray(details)) {
    for (const { path, message } of details as { path?: string; message?: string }[]) {
      if (typeof message === 'string') lines.push(`  ${path || '(the message)'}: ${message}`);
    }
  }
  if (outcome !== undefined && code !== 'INVALID_ARGUMENT' && code !== 'UNIMPLEMENTED') {
    lines.push(`${code}: ${OUTCOMES[outcome] ?? outcome}.`);
  }
  if (code === 'INVALID_ARGUMENT' || code === 'UNIMPLEMENTED') {
    lines.push(`\`atom inspect ${service}\` tells what it takes.`);
  }
  if (exitCodeOf(thrown) === EXIT.NOBODY) {
    lines.push(`\`atom why ${service}${operation && ` ${operation}`}\` tells who is there and who is not.`);
  }
  return lines.join('\n');
}

/** The failure that ends a command when a call has failed. */
export function callFailed(thrown: unknown, service: string): Failure {
  const { message, details } = AtomError.from(thrown);
  // The fields follow, one a line.
  const heading = Array.isArray(details) && details.length > 0 ? `${message.split(':')[0]}:` : message;
  return new Failure(heading, mendOf(thrown, service), exitCodeOf(thrown));
}
