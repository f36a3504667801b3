/** Decorates any class. */
export type AnyClassDecorator = (target: abstract new (...args: never[]) => unknown) => void;

/** Decorates a method, and nothing else: a property has no descriptor and does not compile. */
export type MethodOnlyDecorator = <T extends (...args: never[]) => unknown>(
  target: object,
  method: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** Decorates a parameter of a constructor; one of a method does not compile. */
export type ConstructorParameterDecorator = (target: object, key: undefined, index: number) => void;

/** The class that a method decorator's target belongs to: itself for a static method. */
export function ownerOf(target: object): { type: object; isStatic: boolean } {
  const isStatic = typeof target === 'function';
  return { type: isStatic ? target : target.constructor, isStatic };
}
