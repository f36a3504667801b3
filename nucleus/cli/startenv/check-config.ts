import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { hint } from '../../../lib/metadata/closest.js';
import { show } from '../../../lib/metadata/names.js';
import type { ConfigSource, KeyPath } from './config-source.js';
import { ConfigError, RESTARTS, type Restarts, type ServicePlan } from './environment.js';

const TOP_KEYS = ['services', 'environment'] as const;
const SERVICE_KEYS = ['name', 'directory', 'command', 'environment', 'instances', 'restarts'] as const;
/** What the same thing is called elsewhere. */
const SYNONYMS: Readonly<Record<string, string>> = {
  dir: 'directory',
  cwd: 'directory',
  path: 'directory',
  working_dir: 'directory',
  env: 'environment',
  variables: 'environment',
  cmd: 'command',
  run: 'command',
  exec: 'command',
  script: 'command',
  replicas: 'instances',
  scale: 'instances',
  count: 'instances',
};
const MOST_INSTANCES = 1000;

/**
 * What is to be started. Relative directories are counted from the folder of `file`.
 * @throws ConfigError with all problems at once
 */
export function checkConfig(source: ConfigSource, file: string): readonly ServicePlan[] {
  const check = new Check(source, dirname(resolve(file)));
  const plans = check.services();
  if (check.problems.length > 0) throw new ConfigError(check.problems);
  return plans;
}

class Check {
  readonly problems: string[] = [];

  constructor(
    private readonly source: ConfigSource,
    private readonly base: string,
  ) {}

  services(): ServicePlan[] {
    const top = this.source.value;
    if (!isMap(top)) {
      this.note([], `holds ${show(top)}; begin with 'services:' and below it a name for each service`);
      return [];
    }
    this.keys(top, TOP_KEYS, []);
    const common = this.variables(top.environment, ['environment']);
    const { services } = top;
    const entries: [KeyPath, string | undefined, unknown][] = Array.isArray(services)
      ? services.map((item: unknown, at) => [['services', at], this.nameOf(item, at), item])
      : isMap(services)
        ? Object.entries(services).map(([name, item]) => [['services', name], name, item])
        : [];
    if (entries.length === 0) {
      const what = services === undefined ? 'is missing' : 'has no service';
      this.note(['services'], `${what}; write a name for each service, with a 'command' below it`);
    }
    const seen = new Set<string>();
    return entries.flatMap(([path, name, item]) => {
      if (name !== undefined && seen.has(name))
        this.note(path, `is the second '${name}'; give it another name`);
      if (name !== undefined) seen.add(name);
      return this.service(path, name, item, common);
    });
  }

  private nameOf(item: unknown, at: number): string | undefined {
    const name = isMap(item) ? item.name : undefined;
    if (typeof name === 'string' && name.trim() !== '') return name;
    this.note(['services', at], "has no 'name'; give it one");
    return undefined;
  }

  private service(
    path: KeyPath,
    name = '',
    item: unknown,
    common: Readonly<Record<string, string>>,
  ): ServicePlan[] {
    if (!isMap(item)) {
      this.note(path, `is ${show(item)}; write 'command:' or 'directory:' below it`);
      return [];
    }
    this.keys(item, SERVICE_KEYS, path);
    const directory = this.directory(item.directory, [...path, 'directory']);
    return [
      {
        name,
        directory: directory ?? this.base,
        command: this.command(item, directory, path),
        environment: { ...common, ...this.variables(item.environment, [...path, 'environment']) },
        instances: this.instances(item.instances, [...path, 'instances']),
        restarts: this.restarts(item.restarts, [...path, 'restarts']),
      },
    ];
  }

  private directory(given: unknown, path: KeyPath): string | undefined {
    if (given === undefined) return this.base;
    if (typeof given !== 'string' || given === '') {
      this.note(path, `is ${show(given)}; give the path of a folder`);
      return undefined;
    }
    const directory = resolve(this.base, given);
    if (existsSync(directory) && statSync(directory).isDirectory()) return directory;
    this.note(
      path,
      `is ${show(given)}, and there is no folder ${directory}; paths are counted from the file`,
    );
    return undefined;
  }

  /** The command, or `npm start` where the directory is a package that has it. */
  private command(
    item: Record<string, unknown>,
    directory: string | undefined,
    path: KeyPath,
  ): ServicePlan['command'] {
    const { command } = item;
    if (typeof command === 'string' && command.trim() !== '') return command;
    if (isWords(command)) return command.map(String);
    if (command !== undefined) {
      this.note(
        [...path, 'command'],
        `is ${show(command)}; write a line such as 'node main.js', or a list of words`,
      );
    } else if (item.directory === undefined && Object.keys(item).every(isServiceKey)) {
      this.note(path, "has neither 'command' nor 'directory'; say what to start");
    } else if (item.directory !== undefined && directory !== undefined && !hasStart(directory)) {
      this.note(
        path,
        `has no 'command', and ${join(directory, 'package.json')} has no start script; add either`,
      );
    }
    return ['npm', 'start', '--silent'];
  }

  private variables(given: unknown, path: KeyPath): Record<string, string> {
    if (given === undefined || given === null) return {};
    if (!isMap(given)) {
      this.note(path, `is ${show(given)}; write variables as 'NAME: value'`);
      return {};
    }
    const variables: Record<string, string> = {};
    for (const [name, value] of Object.entries(given)) {
      if (/[=\0]/.test(name) || name === '') this.note([...path, name], 'cannot be the name of a variable');
      else if (['string', 'number', 'boolean'].includes(typeof value)) variables[name] = String(value);
      else this.note([...path, name], `is ${show(value)}; give text, a number, or true or false`);
    }
    return variables;
  }

  private instances(given: unknown, path: KeyPath): number {
    if (given === undefined) return 1;
    if (Number.isInteger(given) && (given as number) >= 0 && (given as number) <= MOST_INSTANCES) {
      return given as number;
    }
    this.note(path, `is ${show(given)}; give a whole number from 0 to ${MOST_INSTANCES}`);
    return 0;
  }

  private restarts(given: unknown, path: KeyPath): Restarts {
    if (given === undefined) return 'on-failure';
    const known = RESTARTS.find((restarts) => restarts === given);
    if (known !== undefined) return known;
    const meant = typeof given === 'string' ? hint(given, RESTARTS) : '';
    this.note(path, `is ${show(given)}${meant}; give one of ${RESTARTS.join(', ')}`);
    return 'never';
  }

  private keys(given: object, known: readonly string[], path: KeyPath): void {
    for (const key of Object.keys(given)) {
      if (known.includes(key)) continue;
      const synonym = SYNONYMS[key];
      const meant =
        synonym !== undefined && known.includes(synonym) ? ` (did you mean '${synonym}'?)` : hint(key, known);
      this.note([...path, key], `is unknown${meant}; known are ${known.join(', ')}`);
    }
  }

  private note(path: KeyPath, what: string): void {
    const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    this.problems.push(`${this.source.place(path)}: ${key === '' ? 'it' : key.replace(/^\./, '')} ${what}`);
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isServiceKey(key: string): boolean {
  return (SERVICE_KEYS as readonly string[]).includes(key);
}

/** A program with its arguments; YAML takes some of them for numbers. */
function isWords(value: unknown): value is (string | number)[] {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || value[0] === '') return false;
  return value.every((word) => typeof word === 'string' || typeof word === 'number');
}

function hasStart(directory: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      scripts?: { start?: unknown };
    };
    return typeof manifest.scripts?.start === 'string';
  } catch {
    return false;
  }
}
