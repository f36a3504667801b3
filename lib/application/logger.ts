import { createRequire } from 'node:module';
import type { pino } from 'pino';
import { type Logger, silentLogger } from '../../nucleus/logger.js';
import type { ResolvedOptions } from './options.js';

/**
 * The logger that was given, or else pino: JSON lines to standard output, readable ones on a terminal. Loaded when
 * it is first needed.
 */
export function loggerOf({ logger, logLevel: level }: ResolvedOptions): Logger {
  if (logger) return logger;
  if (logger === false || level === 'silent') return silentLogger;
  const require = createRequire(import.meta.url);
  const make = require('pino') as typeof pino;
  if (!process.stdout.isTTY) return make({ level, base: { pid: process.pid } });
  const pretty = require('pino-pretty') as (options: object) => NodeJS.WritableStream;
  return make(
    { level, base: undefined },
    pretty({ sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}
