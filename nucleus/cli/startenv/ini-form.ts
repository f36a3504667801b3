import { parse } from 'ini';

/** What a section of the reference's file may say, and what it is called here. */
const NAMES: Readonly<Record<string, string>> = { dir: 'directory', env: 'environment' };

/**
 * The reference's file: `[interface:@namespace/name]` with `dir` and `port`, and `[env:NAME]`, which only names
 * the place of its log files and is passed over. Gives what the same file would hold as YAML.
 */
export function readIni(text: string): { services: Record<string, unknown>[] } {
  const sections = parse(text.replace(SECTION, hideDots)) as Record<string, unknown>;
  const services: Record<string, unknown>[] = [];
  for (const [hidden, section] of Object.entries(sections)) {
    const title = hidden.replaceAll(DOT, '.');
    if (title.startsWith('env:')) continue;
    const name = title.startsWith('interface:') ? title.slice('interface:'.length) : title;
    if (typeof section !== 'object' || section === null) services.push({ name: title, [title]: section });
    else services.push({ name, ...renamed(section as Record<string, unknown>) });
  }
  return { services };
}

const SECTION = /^[ \t]*\[.*\][ \t]*$/gm;
/** A dot in a section's name would begin a section within it. */
const DOT = '\u0001';

function hideDots(line: string): string {
  return line.replaceAll('.', DOT);
}

/** Values of an INI file are all text. */
function renamed({ port, ...section }: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(section).map(([key, value]) => [NAMES[key] ?? key, value] as const);
  const made: Record<string, unknown> = Object.fromEntries(entries);
  if (typeof made.instances === 'string') made.instances = Number(made.instances);
  if (port !== undefined) made.environment = { ATOM_PORT: port };
  return made;
}
