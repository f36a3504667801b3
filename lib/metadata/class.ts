/** A class that can be constructed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any constructor at all
export type Class<T = object> = new (...args: any[]) => T;
