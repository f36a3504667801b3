/** How `atom` ends. */
export const EXIT = {
  /** Done. */
  OK: 0,
  /** The mesh said no: a request failed, nobody listens, something is wrong. */
  FAILED: 1,
  /** The command line is wrong: an unknown command or option, bad JSON, a bad name. */
  USAGE: 2,
  /** Nobody is there, or nobody answered in time. */
  NOBODY: 3,
  /** Ctrl-C. */
  INTERRUPTED: 130,
} as const;

/** A command cannot go on. Printed as its message with the mend below it; made by `fail`. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly mend: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
