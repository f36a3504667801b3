/** The logger port: what pino has. `fields` come first and `message` second. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds `fields` to each line. */
  child(fields: object): Logger;
}

/** Says nothing. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

/**
 * `logger`, made harmless: one that throws, for a full disk or for an error that cannot be printed, must not
 * break the work that it is told of. What it cannot print is left out; when that throws too, the line is lost.
 */
export function harmless(logger: Logger): Logger {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      try {
        logger[level](fields, message);
      } catch {
        try {
          logger[level]({ unprintable: Object.keys(fields) }, message);
        } catch {
          // Nobody is left to tell.
        }
      }
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child(fields) {
      try {
        return harmless(logger.child(fields));
      } catch {
        return this;
      }
    },
  };
}
