import type { prettyFactory } from 'pino-pretty';
import { paint, widthOf, type Style } from '../output.js';
import { pad } from '../table.js';

const COLOURS: readonly Style[] = [
  'cyan',
  'yellow',
  'magenta',
  'green',
  'blue',
  'cyanBright',
  'yellowBright',
  'magentaBright',
  'greenBright',
  'blueBright',
];
const JSON_LOG = /^\{"level":\d/;

/** How the lines of one process are shown. */
export interface LogView {
  /** In front of each line. */
  prefix(stream: NodeJS.WriteStream): string;
  /** A line of it, on standard output or standard error. */
  line(text: string, stream: NodeJS.WriteStream): string;
}

/**
 * Gives a view for each process: the name in front, all as wide as the widest, in one colour for each service
 * (by its number; none is `atom` itself).
 * On a terminal, pino's JSON lines are made readable, as they are where a service has the terminal to itself.
 */
export async function logViews(
  labels: readonly string[],
): Promise<(label: string, service?: number) => LogView> {
  const width = Math.max(0, ...labels.map(widthOf));
  const readable = process.stdout.isTTY ? await readableLog() : undefined;
  return (label, service) => {
    const colour = service === undefined ? 'bold' : (COLOURS[service % COLOURS.length] ?? 'bold');
    const prefix = (stream: NodeJS.WriteStream): string => paint(colour, `${pad(label, width)} |`, stream);
    const line = (text: string, stream: NodeJS.WriteStream): string => {
      const shown = readable !== undefined && JSON_LOG.test(text) ? readable(text) : text;
      return `${prefix(stream)} ${shown}`;
    };
    return { prefix, line };
  };
}

async function readableLog(): Promise<(line: string) => string> {
  const { prettyFactory: make } = (await import('pino-pretty')) as { prettyFactory: typeof prettyFactory };
  const pretty = make({
    colorize: paint('red', '') !== '',
    translateTime: 'HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  });
  return (line) => String(pretty(line) ?? line).trimEnd();
}
