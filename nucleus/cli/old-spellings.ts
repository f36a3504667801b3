/** What the options of the first atom command line are called now. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  '-s': 'start',
  '--start': 'start',
  '-i': 'init',
  '--init': 'init',
  '-ss': 'signal',
  '--signal': 'signal',
  '-sii': 'introspect',
  '--startintrospectiveinterface': 'introspect',
  '-senv': 'startenv',
  '--startenv': 'startenv',
  '-diag': 'diagnose',
  '--diagnose': 'diagnose',
  '-b': 'broadcast',
  '--broadcast': 'broadcast',
};

/**
 * The arguments with an old spelling in front replaced by its command, and what to tell the user of it.
 * `-ss` without a target was a dialogue: that is `introspect` now.
 */
export function fromOldSpelling(args: readonly string[]): {
  readonly args: string[];
  readonly advice?: string;
} {
  const at = args.findIndex((arg) => arg !== '-d' && arg !== '--debug');
  const old = args[at];
  if (old === undefined || !Object.hasOwn(NEW_NAMES, old)) return { args: [...args] };
  const rest = args.slice(at + 1);
  const name = NEW_NAMES[old] === 'signal' && !hasTarget(rest) ? 'introspect' : (NEW_NAMES[old] ?? '');
  const instead = [...args.slice(0, at), name, ...rest];
  return {
    args: instead,
    advice: `atom: '${old}' is now called '${name}': atom ${instead.map(quoted).join(' ')}`,
  };
}

function hasTarget(rest: readonly string[]): boolean {
  return rest.some((arg) => !arg.startsWith('-')) || rest.some((arg) => arg === '-h' || arg === '--help');
}

/** As it would be typed in a shell. */
function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replace(/'/g, "'\\''")}'`;
}
