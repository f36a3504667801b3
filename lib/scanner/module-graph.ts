import { checkOptions, CIRCULAR_HINT, type Report } from './report.js';
import type { Class, ModuleOptions, ModuleReference } from '../metadata/definitions.js';
import { show } from '../metadata/names.js';
import { moduleRecord } from '../metadata/records.js';
import { isClass } from '../metadata/tokens.js';

const LISTS = ['services', 'providers', 'imports', 'exports'] as const;

/** A module as written, its lists and those of a dynamic one joined, its imports followed. */
export interface ModuleNode {
  readonly reference: ModuleReference;
  readonly name: string;
  readonly type: Class;
  readonly services: readonly unknown[];
  readonly providers: readonly unknown[];
  readonly exports: readonly unknown[];
  readonly imports: readonly ModuleNode[];
}

/**
 * Every module reachable from `root`, once, imported ones first. A class is one module wherever it is imported, and
 * so is one object `{ module, … }`; another object of the same class is another module.
 */
export function moduleGraph(root: ModuleReference, report: Report): readonly ModuleNode[] {
  const done = new Map<unknown, ModuleNode>();
  const path: { reference: unknown; name: string }[] = [];
  const names = new Map<string, number>();

  const visit = (reference: unknown, where: string): ModuleNode | undefined => {
    const known = done.get(reference);
    if (known !== undefined) return known;
    const parts = partsOf(reference, where, report);
    if (parts === undefined) return undefined;
    const { type } = parts;
    const start = path.findIndex((step) => step.reference === reference);
    if (start >= 0) {
      const cycle = [...path.slice(start).map((step) => step.name), type.name].join(' -> ');
      report(`modules import each other: ${cycle}; move what they share to a module that both import`);
      return undefined;
    }
    const count = (names.get(type.name) ?? 0) + 1;
    names.set(type.name, count);
    const name = count === 1 ? type.name : `${type.name}#${count}`;
    const lists = {
      services: [] as unknown[],
      providers: [] as unknown[],
      imports: [] as unknown[],
      exports: [] as unknown[],
    };
    for (const options of parts.options) {
      for (const list of LISTS) lists[list].push(...listOf(options, list, name, report));
    }
    path.push({ reference, name });
    const imports = [...new Set(lists.imports)].map((entry) => visit(entry, `${name}, imports`));
    path.pop();
    const node: ModuleNode = {
      reference: reference as ModuleReference,
      name,
      type,
      ...lists,
      imports: imports.filter((module) => module !== undefined),
    };
    done.set(reference, node);
    return node;
  };

  visit(root, 'the root module');
  return [...done.values()];
}

/** The class of a module and where its lists are written; undefined when it is not a module. */
function partsOf(
  reference: unknown,
  where: string,
  report: Report,
): { type: Class; options: readonly ModuleOptions[] } | undefined {
  if (reference === undefined || reference === null) {
    report(`${where}: a module is ${String(reference)}: ${CIRCULAR_HINT}`);
    return undefined;
  }
  const dynamic = typeof reference === 'object' && 'module' in reference;
  const type: unknown = dynamic ? reference.module : reference;
  if (!isClass(type)) {
    const hint =
      reference instanceof Promise ? '; a module cannot be a promise: use an asynchronous useFactory' : '';
    report(
      `${where}: ${show(type)} is not a module; give a class with @AtomModule or { module: ThatClass }${hint}`,
    );
    return undefined;
  }
  const options = moduleRecord.read(type);
  if (options === undefined) {
    report(`${where}: ${type.name} is not a module; add @AtomModule({ … }) to it`);
    return undefined;
  }
  const parts: ModuleOptions[] = [];
  if (checkOptions(options, LISTS, `${type.name}, @AtomModule`, report)) parts.push(options);
  if (
    dynamic &&
    checkOptions(reference, ['module', ...LISTS], `${type.name}, { module: ${type.name} }`, report)
  ) {
    parts.push(reference as ModuleOptions);
  }
  return { type, options: parts };
}

function listOf(
  options: ModuleOptions,
  list: (typeof LISTS)[number],
  name: string,
  report: Report,
): readonly unknown[] {
  const value: unknown = options[list] ?? [];
  if (Array.isArray(value)) return value;
  report(`${name}, ${list}: it is a list, not ${show(value)}`);
  return [];
}
