/**
 * Thrown where the compiled form meets what it does not know; class-transformer and class-validator decide then.
 * One object for all, because making an error is what costs.
 */
export const DOUBT = new Error('the compiled form does not know this value');

/** For values that are neither plain data nor dates. */
export function doubt(): never {
  throw DOUBT;
}
