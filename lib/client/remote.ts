import type { RequestOptions } from './client-options.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any function at all
type AnyFunction = (...args: any[]) => unknown;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** `T` as it is after `JSON.stringify` and `JSON.parse`: dates are strings, functions and symbols are gone. */
export type Jsonified<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends { toJSON(): infer J }
        ? Jsonified<J>
        : T extends string | number | boolean | null | undefined | void
          ? T
          : T extends bigint | symbol | AnyFunction
            ? never
            : T extends readonly unknown[]
              ? { [Index in keyof T]: Jsonified<T[Index]> }
              : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
                ? Record<string, never>
                : {
                    [Key in keyof T as T[Key] extends AnyFunction | symbol ? never : Key]: Jsonified<T[Key]>;
                  };

/** Life-cycle hooks and the like are not called from outside. */
type Hook = 'onInit' | 'onListening' | 'onClose';

/** Names of the methods that take at most a message and its context. */
type MessageMethod<S> = {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a handler may declare any type of message
  [Key in keyof S]: S[Key] extends (data: any, context: any) => unknown ? Key : never;
}[keyof S] &
  string;

/** How a remote method is called: with the message, if the handler takes one, and options. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a handler may declare any type of message
type RemoteMethod<F, Result> = F extends (...args: infer P extends any[]) => unknown
  ? P extends []
    ? (data?: undefined, options?: RequestOptions<Result>) => Promise<Result>
    : (data: P[0], options?: RequestOptions<Result>) => Promise<Result>
  : never;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a handler may declare any type of message
type ResultOf<F> = F extends (...args: any[]) => infer R ? Awaited<R> : never;

/** A service as its callers see it, from its class's type: the methods that take messages; results as JSON leaves them. */
export type Remote<S> = {
  readonly [Key in Exclude<MessageMethod<S>, Hook>]: RemoteMethod<S[Key], Jsonified<ResultOf<S[Key]>>>;
};

/** A service whose class is at hand: results are revived to the lexemes that its operations declare. */
export type TypedRemote<S> = {
  readonly [Key in Exclude<MessageMethod<S>, Hook>]: RemoteMethod<S[Key], ResultOf<S[Key]>>;
};

/** Calls an operation by its method's name. */
export type Invoke = (method: string, data: unknown, options: RequestOptions | undefined) => Promise<unknown>;

/** An object whose every method is a call. It is not a thenable, so that it can be returned from async functions. */
export function createRemote(service: string, invoke: Invoke): object {
  const maker = new Proxy(Object.create(null) as object, {
    get(_, key, remote: object) {
      if (typeof key === 'symbol' || key === 'then') return undefined;
      const value =
        key === 'toJSON'
          ? () => `[remote ${service}]`
          : (data?: unknown, options?: RequestOptions) => invoke(key, data, options);
      // Own from now on, so that the next call does not pass the proxy.
      Object.defineProperty(remote, key, { value });
      return value;
    },
    set() {
      throw new TypeError(`A remote of '${service}' cannot be changed`);
    },
  });
  return Object.create(maker) as object;
}
