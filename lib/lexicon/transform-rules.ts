import '../metadata/metadata-store.js'; // class-transformer's @Type needs the Reflect that it loads
import { createRequire } from 'node:module';
import { Type, type TypeOptions } from 'class-transformer';
import type { Class } from '../metadata/definitions.js';

/** One `@Type`. */
export interface TypeRule {
  /** What the compiler emitted for the property. */
  readonly reflectedType: unknown;
  readonly typeFunction: (() => unknown) | undefined;
  readonly options: TypeOptions | undefined;
}

/** What class-transformer knows of a class, inherited rules included. */
export interface TransformRules {
  readonly types: ReadonlyMap<string, TypeRule>;
  /** True with `@Transform`, `@Expose` or `@Exclude`, or when the rules cannot be seen. */
  readonly transformed: boolean;
}

type ByClass<T> = ReadonlyMap<unknown, ReadonlyMap<string, T>>;

interface Storage {
  readonly _typeMetadatas: ByClass<TypeRule>;
  readonly _transformMetadatas: ByClass<unknown>;
  readonly _exposeMetadatas: ByClass<unknown>;
  readonly _excludeMetadatas: ByClass<unknown>;
}

const storage = findStorage();

export function transformRules(type: Class): TransformRules {
  const types = new Map<string, TypeRule>();
  if (!storage) return { types, transformed: true };
  let transformed = false;
  for (let at: unknown = type; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    for (const [key, metadata] of storage._typeMetadatas.get(at) ?? []) {
      if (!types.has(key)) types.set(key, metadata);
    }
    transformed ||=
      storage._transformMetadatas.has(at) ||
      storage._exposeMetadatas.has(at) ||
      storage._excludeMetadatas.has(at);
  }
  return { types, transformed };
}

/**
 * class-transformer keeps its rules in a module that it does not export. A bundled or second copy would be another
 * storage than the one that the decorators write to, so a rule is written and looked for; without it
 * class-transformer does everything itself, slower.
 */
function findStorage(): Storage | undefined {
  class Probe {}
  Type(() => Probe)(Probe.prototype, 'probe');
  try {
    const found = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
      defaultMetadataStorage: Storage;
    };
    const candidate = found.defaultMetadataStorage;
    const maps = [candidate._transformMetadatas, candidate._exposeMetadatas, candidate._excludeMetadatas];
    if (maps.every((map) => map instanceof Map) && candidate._typeMetadatas.get(Probe)?.has('probe')) {
      return candidate;
    }
  } catch {
    // Another layout of the package: the slow way works with any.
  }
  return undefined;
}
