/** Names that npm or Node keep for themselves. */
const RESERVED: readonly string[] = ['node_modules', 'favicon.ico', 'atomjs', 'atom'];
const PLAIN = /^[a-z0-9][a-z0-9_.-]*$/;
const SCOPED = /^@([a-z0-9][a-z0-9_.-]*)\/([a-z0-9][a-z0-9_.-]*)$/;
const LONGEST = 100;

/** What is wrong with the name of a project, with its mend; undefined when it is good. */
export function projectNameProblem(name: string): string | undefined {
  if (name.trim() === '') return "it is empty; give one such as 'demo'";
  if (name.length > LONGEST) return `it has ${name.length} characters; ${LONGEST} is the most`;
  const folder = folderOf(name);
  if (RESERVED.includes(folder)) return `'${folder}' means something else already; try '${folder}-demo'`;
  if (PLAIN.test(name) || SCOPED.test(name)) return undefined;
  const better = mended(name);
  const such = better === undefined ? "'demo' or '@shop/orders'" : `'${better}'`;
  return `use lower-case letters, digits, '-', '_' and '.', and at most one scope in front: ${such}`;
}

/** The name of the folder that a project gets. */
export function folderOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The service that a project of this name begins with. */
export function serviceOf(name: string): string {
  return SCOPED.test(name) ? name : `@${name}/greeter`;
}

/** The good name that is nearest; undefined when nothing is left of it. */
function mended(name: string): string | undefined {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split('/')
    .map((part) => part.replace(/[^a-z0-9_.-]+/g, '-').replace(/^[^a-z0-9]+|-+$/g, ''))
    .filter((part) => part !== '');
  const [last, before] = parts.reverse();
  if (last === undefined) return undefined;
  const scoped = name.trim().startsWith('@') && before !== undefined ? `@${before}/${last}` : last;
  return projectNameProblem(scoped) === undefined ? scoped : undefined;
}
