import { expect } from 'chai';
import { BootstrapError } from '../../../lib/errors.js';
import type { CompiledLexeme } from '../../../lib/lexicon/lexeme.js';
import type {
  ApplicationDefinition,
  Class,
  ModuleOptions,
  ModuleReference,
  Token,
} from '../../../lib/metadata/definitions.js';
import { AtomModule } from '../../../lib/decorators/atom-module.js';
import type { Lexicon } from '../../../lib/scanner/lexicon.js';
import { scan } from '../../../lib/scanner/scan.js';

/** A message class is one with a static `rules`; compiling one with `broken` fails. */
export const fakeLexicon: Lexicon = {
  isLexemeType: (type) => 'rules' in type,
  compileLexeme(type) {
    if ('broken' in type) throw new Error('its rules contradict');
    return { type, name: type.name } as CompiledLexeme;
  },
};

export function scanned(root: ModuleReference, builtins: Token[] = []): ApplicationDefinition {
  return scan(root, { builtins, ...fakeLexicon });
}

/** Every mistake that the scan of `root` finds. */
export function problemsOf(root: ModuleReference, builtins: Token[] = []): readonly string[] {
  try {
    scanned(root, builtins);
  } catch (error) {
    expect(error).to.be.instanceOf(BootstrapError);
    return (error as BootstrapError).problems;
  }
  return [];
}

/** A module class named `name`. */
export function moduleOf(options: ModuleOptions, name = 'TestModule'): Class {
  const type = { [name]: class {} }[name] as Class;
  AtomModule(options)(type);
  return type;
}

/** The problems of a module with only these services. */
export function serviceProblems(...services: Class[]): readonly string[] {
  return problemsOf(moduleOf({ services }));
}

/** Checks that there is one problem and that it has each of `parts`. */
export function expectProblem(problems: readonly string[], ...parts: string[]): void {
  expect(problems, problems.join('\n')).to.have.length(1);
  for (const part of parts) expect(problems[0]).to.include(part);
}

/** A message class for specs to import, as a value or as a type only. */
export class ElsewhereMessage {
  static readonly rules = true;
}
