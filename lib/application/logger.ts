import { createRequire } from 'node:module';
import type { Logger as PinoLogger, pino } from 'pino';
import { harmless, type Logger, silentLogger } from '../../nucleus/logger.js';
import type { LogLevel, ResolvedOptions } from './options.js';

/** pino: JSON lines to standard output, readable ones on a terminal. Loaded when it is first needed. */
export function createLogger(level: LogLevel): Logger {
  if (level === 'silent') return silentLogger;
  const require = createRequire(import.meta.url);
  const make = require('pino') as typeof pino;
  if (!process.stdout.isTTY) return asPort(make({ level, base: { pid: process.pid } }));
  const pretty = require('pino-pretty') as (options: object) => NodeJS.WritableStream;
  return asPort(
    make(
      { level, base: undefined },
      pretty({ sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }),
    ),
  );
}

/** The logger that the options ask for. It never throws. */
export function loggerOf({ logger, logLevel }: Pick<ResolvedOptions, 'logger' | 'logLevel'>): Logger {
  return logger === false ? silentLogger : harmless(logger ?? createLogger(logLevel));
}

function asPort(logger: PinoLogger): Logger {
  return logger;
}
