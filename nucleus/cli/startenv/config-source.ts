import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { ConfigError } from './environment.js';
import { readIni } from './ini-form.js';

export type KeyPath = readonly (string | number)[];

/** A configuration as it was written, not checked yet. */
export interface ConfigSource {
  readonly value: unknown;
  /** Where a key stands: `file:line:column` where that is known, else the file. */
  place(path: KeyPath): string;
}

/** A section of the reference's form, by which a file is told from YAML and JSON. */
const INI_SECTION = /^[ \t]*\[(env|interface):/m;

/**
 * Reads a configuration in YAML, JSON or the reference's INI form.
 * @throws ConfigError when the file cannot be read, or is none of them
 */
export function readConfig(file: string): ConfigSource {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read (${(error as Error).message}); give the path of a file`]);
  }
  return parseConfig(file, text);
}

/** As {@link readConfig}, of a text that stands in `file`. */
export function parseConfig(file: string, text: string): ConfigSource {
  if (/\.(ini|conf|cfg)$/i.test(file) || (!/\.(ya?ml|json)$/i.test(file) && INI_SECTION.test(text))) {
    return { value: readIni(text), place: () => file };
  }
  const lines = new LineCounter();
  // JSON is YAML too.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ConfigError(document.errors.map(({ pos, message }) => `${at(pos[0])}: ${oneLine(message)}`));
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    throw new ConfigError([`${file}: ${(error as Error).message}`]); // such as too many aliases
  }
  return {
    value,
    place: (path) => {
      const offset = offsetOf(document, path);
      return offset === undefined ? file : at(offset);
    },
  };
}

/** Where the key at `path`, or the nearest one above it, begins. */
function offsetOf(document: Document.Parsed, path: KeyPath): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const node: unknown = isMap(parent)
      ? parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))?.key
      : document.getIn(path.slice(0, length), true);
    const range = (node as Node | undefined)?.range;
    if (range) return range[0];
  }
  return document.contents?.range[0];
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
