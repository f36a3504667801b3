/** The class and what it extends, the base first. */
export function classChain(type: object): readonly object[] {
  const chain: object[] = [];
  for (let current: object | null = type; current !== null && current !== Function.prototype;) {
    chain.unshift(current);
    current = Object.getPrototypeOf(current) as object | null;
  }
  return chain;
}

/** The prototype of a class. */
export function prototypeOf(type: object): object {
  return (type as { prototype: object }).prototype;
}

/** The value of `property` as a method would be found on an instance; undefined for accessors and what is not there. */
export function prototypeValue(type: object, property: string): unknown {
  for (const link of classChain(type).toReversed()) {
    const descriptor = Object.getOwnPropertyDescriptor(prototypeOf(link), property);
    if (descriptor !== undefined) return descriptor.value as unknown;
  }
  return undefined;
}
