/**
 * Loops over the keys of a class, written out: a loop that reads `object[key]` for the keys of every class there is
 * costs V8 a search at each step; a function of its own per class costs a load. Where the process forbids making code
 * from text (`--disallow-code-generation-from-strings`) the loops run as they are.
 */

type Check = (instance: object, value: unknown, whole: boolean) => boolean;
type Revive = (value: unknown, depth: number) => unknown;

/** Says whether every check takes the value of its key. */
export function unrolledCheck(
  keys: readonly string[],
  checks: readonly Check[],
): ((instance: object, whole: boolean) => boolean) | undefined {
  const terms = keys.map((key, at) => `c${at}(instance, instance[${JSON.stringify(key)}], whole)`);
  return compile('c', checks, `return (instance, whole) => ${terms.join(' && ')};`);
}

/** Fills a new instance with what the revivers make of the data's values; what is absent stays as the class has it. */
export function unrolledRevive(
  type: new () => object,
  keys: readonly string[],
  revivers: readonly Revive[],
  /** Leaves everything but objects as it is. */
  plain: Revive,
): ((data: object, depth: number) => object) | undefined {
  const lines = keys.map((key, at) => {
    const name = JSON.stringify(key);
    const revived = `r${at}(value, depth)`;
    const made = revivers[at] === plain ? `typeof value === 'object' ? ${revived} : value` : revived;
    return `value = data[${name}]; if (value !== undefined) instance[${name}] = ${made};`;
  });
  const body = `return (data, depth) => { const instance = new r${keys.length}(); let value; ${lines.join('\n')} return instance; };`;
  return compile('r', [...revivers, type], body);
}

function compile<F>(prefix: string, parts: readonly unknown[], body: string): F | undefined {
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text holds keys of the user's own class only, as JSON
    const make = new Function(...parts.map((_, at) => `${prefix}${at}`), body) as (...parts: unknown[]) => F;
    return make(...parts);
  } catch (error) {
    if (error instanceof EvalError) return undefined;
    throw error;
  }
}
