import { resolveOptions, type AtomOptions, type ResolvedOptions } from '../../../lib/application/options.js';
import { BootstrapError } from '../../../lib/errors.js';
import { withAddon } from './addon.js';
import type { DiagnoseContext } from './check.js';
import type { MeshSight } from './mesh-sight.js';

/**
 * What checks go by: the command line's options over the variables, as everywhere.
 * @throws BootstrapError when the command line's are wrong
 */
export function contextOf(given: AtomOptions, env: NodeJS.ProcessEnv, folder: string): DiagnoseContext {
  const { options, malformed } = resolved(given, env);
  let sight: Promise<MeshSight> | undefined;
  const look = async (): Promise<MeshSight> => {
    const { lookAround } = await withAddon(() => import('./mesh-sight.js'));
    return lookAround(options);
  };
  return { env, folder, options, malformed, mesh: () => (sight ??= look()) };
}

/** A variable without which there are fewer problems is left out; wrong options of the command line are not. */
function resolved(
  given: AtomOptions,
  env: NodeJS.ProcessEnv,
): { options: ResolvedOptions; malformed: readonly string[] } {
  const malformed = problemsOf(given, env);
  const wrong = new Map<string, readonly string[]>();
  for (const name of Object.keys(env).filter((key) => key.startsWith('ATOM_'))) {
    const left = problemsOf(given, without(env, [name]));
    if (left.length < malformed.length) wrong.set(name, left);
  }
  const named = malformed.map((text) => {
    const [name] = [...wrong].find(([, left]) => !left.includes(text)) ?? [];
    return name === undefined || text.includes(name) ? text : `${name}: ${text}`;
  });
  return { options: resolveOptions(given, without(env, [...wrong.keys()])), malformed: named };
}

function problemsOf(given: AtomOptions, env: NodeJS.ProcessEnv): readonly string[] {
  try {
    resolveOptions(given, env);
    return [];
  } catch (error) {
    if (error instanceof BootstrapError) return error.problems;
    throw error;
  }
}

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
