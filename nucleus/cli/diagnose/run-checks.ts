import {
  NotPossible,
  problem,
  textOf,
  warning,
  type Check,
  type DiagnoseContext,
  type Finding,
} from './check.js';

/** A finding, and the check that made it. */
export interface CheckedFinding extends Finding {
  readonly check: string;
}

export interface RunOptions {
  /** How long one check may take, ms. */
  readonly timeout: number;
  /** Told as each check ends. */
  readonly ended?: (check: Check) => void;
}

/** Runs all checks at once, none of them for longer than its time. Never rejects. In the order of the checks. */
export async function runChecks(
  checks: readonly Check[],
  context: DiagnoseContext,
  { timeout, ended }: RunOptions,
): Promise<readonly CheckedFinding[]> {
  const findings = await Promise.all(
    checks.map(async (check) => {
      const found = await findingsOf(check, context, timeout);
      ended?.(check);
      return found.map((finding) => ({ check: check.name, ...finding }));
    }),
  );
  return findings.flat();
}

async function findingsOf(
  check: Check,
  context: DiagnoseContext,
  timeout: number,
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      const message = `this check did not end within ${timeout} ms`;
      resolve([problem(message, 'Run it again with a longer --timeout; if it stays, please report it.')]);
    }, timeout);
  });
  try {
    return await Promise.race([Promise.resolve().then(() => check.run(context)), late]);
  } catch (error) {
    if (error instanceof NotPossible) {
      return [warning(`cannot be looked at: ${error.message}`, 'Mend that first.')];
    }
    return [
      problem(`this check failed itself: ${textOf(error)}`, 'Please report this, with the line above.'),
    ];
  } finally {
    clearTimeout(timer);
  }
}
