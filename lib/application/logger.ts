import { createRequire } from 'node:module';
import type { pino } from 'pino';
import { harmless, type Logger, silentLogger } from '../../nucleus/logger.js';
import type { LogLevel, ResolvedOptions } from './options.js';

/** Characters of lines that wait for a disk that is full. */
const MAX_UNWRITTEN = 1024 ** 2;

/** The logger that was given, or else the default. It never throws. */
export function loggerOf({ logger, logLevel }: Pick<ResolvedOptions, 'logger' | 'logLevel'>): Logger {
  return logger === false ? silentLogger : harmless(logger ?? defaultLogger(logLevel));
}

/** pino: JSON lines to standard output, readable ones on a terminal. Loaded when it is first needed. */
function defaultLogger(level: LogLevel): Logger {
  if (level === 'silent') return silentLogger;
  const require = createRequire(import.meta.url);
  const make = require('pino') as typeof pino;
  if (!process.stdout.isTTY) {
    const output = make.destination({ dest: 1, sync: true, maxLength: MAX_UNWRITTEN });
    // A disk that is full must not end the process: lines wait, then are dropped, until there is room again.
    output.on('error', () => undefined);
    return make({ level, base: { pid: process.pid } }, output);
  }
  const pretty = require('pino-pretty') as (options: object) => NodeJS.WritableStream;
  return make(
    { level, base: undefined },
    pretty({ sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }),
  );
}
