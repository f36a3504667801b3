/** When a service that has ended is started again. */
export const RESTARTS = ['never', 'on-failure', 'always'] as const;
export type Restarts = (typeof RESTARTS)[number];

/** One service of an environment, checked, with every default filled in. */
export interface ServicePlan {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  /** A line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[];
  /** Variables on top of those that `atom` itself has. */
  readonly environment: Readonly<Record<string, string>>;
  readonly instances: number;
  readonly restarts: Restarts;
}

/** The configuration is wrong: every problem that was found, each with file, place and mend. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
