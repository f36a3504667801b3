import type { Mutation } from '../support/mutant.js';

/** A spec that turns red when a mechanism is switched off. */
export interface Evidence {
  /** The spec: its source, from the project's root. */
  readonly spec: string;
  /** The title of its `it`, as it stands in the source: `${…}` stands for anything. */
  readonly title: string;
  /** Switches off the mechanism that keeps the promise, and nothing else. */
  readonly off: readonly Mutation[];
}

/** One sentence that the README promises, and what shows that it is kept. */
export interface Promised {
  /** `REQ-1` */
  readonly id: string;
  /** What is promised, as the README says it. */
  readonly promise: string;
  /** One for each mechanism that it takes. */
  readonly proofs: readonly Evidence[];
}

/** One thing to be shown; `REQ-1a`, `REQ-1b` where a promise has several. */
export interface Case extends Evidence {
  readonly id: string;
  readonly promise: string;
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

export function casesOf(promises: readonly Promised[]): Case[] {
  return promises.flatMap(({ id, promise, proofs }) =>
    proofs.map((evidence, index) => {
      const letter = proofs.length === 1 ? '' : String.fromCharCode(97 + index);
      return { id: `${id}${letter}`, promise, ...evidence };
    }),
  );
}
