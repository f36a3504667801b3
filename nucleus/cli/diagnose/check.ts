import type { ResolvedOptions } from '../../../lib/application/options.js';
import type { MeshSight } from './mesh-sight.js';

/** `warning`: works, and will surprise somebody. `problem`: something does not work. */
export type Level = 'ok' | 'warning' | 'problem';

export interface Finding {
  readonly level: Level;
  /** What was found. */
  readonly message: string;
  /** How to mend it; absent where nothing is wrong. */
  readonly mend?: string;
}

/** What checks go by. */
export interface DiagnoseContext {
  readonly env: NodeJS.ProcessEnv;
  /** The folder of the project that is looked at. */
  readonly folder: string;
  /** What the variables and the command line say of the mesh; what is malformed in them is left out. */
  readonly options: ResolvedOptions;
  /** What is malformed. */
  readonly malformed: readonly string[];
  /** What all sources tell of instances, each of them asked; gathered once for all checks. */
  readonly mesh: () => Promise<MeshSight>;
}

/** One thing that is looked at. It may throw: that is a finding, too. */
export interface Check {
  readonly name: string;
  run(context: DiagnoseContext): Promise<readonly Finding[]>;
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const warning = (message: string, mend: string): Finding => ({ level: 'warning', message, mend });
export const problem = (message: string, mend: string): Finding => ({ level: 'problem', message, mend });

/** A check cannot be made because something else is wrong, which another check tells. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first `most` of them with commas, and how many more there are. */
export function listed(items: readonly string[], most: number): string {
  const left = items.length - most;
  return `${items.slice(0, most).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** `1 instance`, `2 instances`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
