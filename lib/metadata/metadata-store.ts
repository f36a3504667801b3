import 'reflect-metadata';

/**
 * One kind of record that decorators leave on a class. Records are the class's own: a subclass starts
 * without them and siblings never share one. The only file that touches `Reflect`'s metadata.
 */
export class MetadataRecord<T> {
  private readonly key: symbol;

  constructor(name: string) {
    this.key = Symbol(`atomjs:${name}`);
  }

  /** What was recorded on `target` itself. */
  read(target: object): T | undefined {
    return Reflect.getOwnMetadata(this.key, target) as T | undefined;
  }

  /** Replaces the record on `target` by what `change` makes of it. */
  update(target: object, change: (current: T | undefined) => T): void {
    Reflect.defineMetadata(this.key, change(this.read(target)), target);
  }
}

/**
 * The parameter types that the compiler emitted for a method of `target` (its constructor, without one);
 * undefined where it emitted none.
 */
export function emittedParameterTypes(target: object, method?: string): readonly unknown[] | undefined {
  return (
    method === undefined
      ? Reflect.getOwnMetadata('design:paramtypes', target)
      : Reflect.getOwnMetadata('design:paramtypes', target, method)
  ) as readonly unknown[] | undefined;
}
