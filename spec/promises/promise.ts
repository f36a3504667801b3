import type { Mutation } from '../support/mutant.js';

/** One sentence that the README promises, and what shows that it is kept. */
export interface Promised {
  /** `REQ-1` */
  readonly id: string;
  /** What is promised, as the README says it. */
  readonly promise: string;
  /** The spec that proves it: its source, from the project's root. */
  readonly spec: string;
  /** The title of its `it`, as it stands in the source: `${…}` stands for anything. */
  readonly title: string;
  /** Switches off the mechanism that keeps the promise, and nothing else. */
  readonly off: readonly Mutation[];
}

export interface Chapter {
  /** What ids begin with. */
  readonly prefix: string;
  readonly title: string;
  readonly promises: readonly Promised[];
}

/** Matches the full title, which begins with those of its `describe`s, of the spec that is meant. */
export function titlePattern(title: string): string {
  const literal = title
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return `(^| )${literal}$`;
}

/** The compiled file of a spec, from `dist`. */
export function compiled(spec: string): string {
  return spec.replace(/\.ts$/, '.js');
}

/** `file` with `find`, which occurs once in it, replaced. */
export function without(file: string, find: string, replace = ''): Mutation {
  return { file, find, replace };
}
