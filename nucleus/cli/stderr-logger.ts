import type { Logger } from '../logger.js';
import { harmless, note, paint } from './output.js';

/** What the library has to say, on standard error: warnings and errors, or with `everything` all of it. */
export function stderrLogger(everything: boolean): Logger {
  const line = (level: string, fields: object, message: string): void => {
    const { err, ...rest } = fields as { err?: unknown };
    const more = Object.entries(rest).map(([key, value]) => `${key}=${text(value)}`);
    if (err !== undefined) more.push(err instanceof Error ? err.message : text(err));
    note(harmless([paint('dim', `${level}:`, process.stderr), message, ...more].join(' ')));
  };
  const chatter = everything ? line : (): void => undefined;
  const logger: Logger = {
    debug: (fields, message) => chatter('debug', fields, message),
    info: (fields, message) => chatter('info', fields, message),
    warn: (fields, message) => line('warning', fields, message),
    error: (fields, message) => line('error', fields, message),
    child: () => logger,
  };
  return logger;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
