import type { Class } from '../metadata/class.js';
import type { MessageContext } from './context.js';

/** Runs the rest of the onion and gives its result; call it once. */
export type Next = () => Promise<unknown>;

/**
 * The one kind of middleware, inbound and outbound alike (`context.direction` says which).
 * What it returns is the result that the layer above it sees.
 */
export type Middleware = (context: MessageContext, next: Next) => unknown;

/** A middleware that is a class: the container makes it, so it can have dependencies. */
export type MiddlewareType = Class<{ use: Middleware }>;

/** Wraps `innermost` in `layers`, the first outermost. */
export function compose(
  layers: readonly Middleware[],
  context: MessageContext,
  innermost: () => unknown,
): Promise<unknown> {
  const run = async (index: number): Promise<unknown> => {
    const layer = layers[index];
    if (layer === undefined) return innermost();
    let called = false;
    return layer(context, () => {
      if (called) return Promise.reject(new Error('next() was called twice by one middleware'));
      called = true;
      return run(index + 1);
    });
  };
  return run(0);
}
