import type { Delivery } from '../../nucleus/delivery.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';
import type { CompiledLexeme } from '../lexicon/lexeme.js';
import type { Class } from './class.js';

export type { Class };

/** What identifies a provider. */
export type Token<T = unknown> = Class<T & object> | (abstract new (...args: never[]) => T) | symbol | string;

/** How a token gets its value. */
export type Provider<T = unknown> =
  | Class<T & object>
  | { provide: Token<T>; useValue: T }
  | { provide: Token<T>; useClass: Class<T & object> }
  | { provide: Token<T>; useExisting: Token<T> }
  | { provide: Token<T>; useFactory: (...deps: never[]) => T | Promise<T>; inject?: readonly Token[] };

/** What `@AtomModule` takes. */
export interface ModuleOptions {
  readonly services?: readonly Class[];
  readonly providers?: readonly Provider[];
  readonly imports?: readonly ModuleReference[];
  readonly exports?: readonly (Token | ModuleReference)[];
}

/** A module made at run time, by a static `forRoot(options)` and the like. Its lists are added to those of the class. */
export interface DynamicModule extends ModuleOptions {
  readonly module: Class;
}

export type ModuleReference = Class | DynamicModule;

/** What a handler takes or returns: a lexeme class, a primitive's constructor, or anything on purpose. */
export type MessageType = Class | StringConstructor | NumberConstructor | BooleanConstructor | 'any';

/** What the decorators record on a class; nothing is resolved yet. */
export interface ServiceOptions {
  readonly name: string;
  /** Semantic version; default `0.0.0`. */
  readonly version?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Requests of all its operations that run at a time, as in `@OnRequest`. Default: no limit. */
  readonly concurrency?: number;
}

export interface RequestOptions {
  /** The type of the message where the compiler erased it; `'any'` takes anything, unchecked. */
  readonly accepts?: MessageType;
  /** What is checked before it is sent back. */
  readonly returns?: MessageType;
  /** Running it twice does no harm: callers repeat by themselves what may have run. Default false. */
  readonly idempotent?: boolean;
  /**
   * Requests of it that run at a time. Ten times as many may wait; further ones are refused at once
   * (`RESOURCE_EXHAUSTED`). Default: no limit.
   */
  readonly concurrency?: number;
  /**
   * How long its handler may take, ms: past it the caller gets `DEADLINE_EXCEEDED` and the handler's abort signal
   * fires. Default: as long as the caller waits.
   */
  readonly timeout?: number;
}

export interface EventOptions {
  readonly accepts?: MessageType;
  /** Publishing service; default every publisher of the environment. */
  readonly from?: string;
  /** Default `group`. */
  readonly delivery?: Delivery;
  /**
   * Events of one publisher and topic handled at a time; default 1, which keeps their order. With more, those that were
   * published with the same `key` are handled one after another still. Of durable events: how many at a time in this instance.
   */
  readonly concurrency?: number;
  /**
   * At least once, through the log: kept until the handler has returned, tried again when it throws. It needs Redis, and
   * publishers that publish the topic durably. Default: as the `@Lexeme` of the message says. With `'group'` only.
   */
  readonly durable?: boolean;
}

/** Plain, frozen result of the scanner. */
export interface ApplicationDefinition {
  readonly root: ModuleDefinition;
  /** Every module reachable from the root, once, imported ones first. */
  readonly modules: readonly ModuleDefinition[];
  readonly services: readonly ServiceDefinition[];
}

export interface ModuleDefinition {
  /** Unique: the class's name, with a number where a dynamic module occurs again with other options. */
  readonly name: string;
  readonly type: Class;
  readonly imports: readonly ModuleDefinition[];
  /** Services and `{ provide }`s alike, with the middleware classes that the services use; the module class itself is one as well. */
  readonly providers: readonly ProviderDefinition[];
  /** The tokens that importers see, re-exported ones included. */
  readonly exports: readonly Token[];
}

export type ProviderDefinition = { readonly token: Token; readonly module: string } & (
  | { readonly kind: 'class'; readonly type: Class; readonly dependencies: readonly DependencyDefinition[] }
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'factory';
      readonly factory: (...deps: never[]) => unknown;
      readonly dependencies: readonly DependencyDefinition[];
    }
  | { readonly kind: 'existing'; readonly existing: Token }
);

export interface DependencyDefinition {
  readonly token: Token;
  readonly optional: boolean;
}

export interface ServiceDefinition {
  readonly type: Class;
  /** The module that lists it. */
  readonly module: string;
  readonly name: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly concurrency: number | undefined;
  readonly operations: readonly OperationDefinition[];
  readonly events: readonly EventDefinition[];
  /** Of `@Use` on the class. */
  readonly middleware: readonly (Middleware | MiddlewareType)[];
}

/** How a handler's message is checked. `none`: the method takes no argument. */
export type MessageCheck =
  | { readonly kind: 'lexeme'; readonly lexeme: CompiledLexeme }
  | { readonly kind: 'primitive'; readonly type: 'string' | 'number' | 'boolean' }
  | { readonly kind: 'any' }
  | { readonly kind: 'none' };

export interface OperationDefinition {
  readonly name: string;
  readonly method: string;
  readonly accepts: MessageCheck;
  /** `any` when it declares nothing. */
  readonly returns: MessageCheck;
  readonly idempotent: boolean;
  readonly concurrency: number | undefined;
  readonly timeout: number | undefined;
  /** Of `@Use` on the method. */
  readonly middleware: readonly (Middleware | MiddlewareType)[];
}

export interface EventDefinition {
  readonly topic: string;
  readonly from: string | undefined;
  readonly method: string;
  readonly accepts: MessageCheck;
  readonly delivery: Delivery;
  readonly concurrency: number;
  readonly durable: boolean;
  readonly middleware: readonly (Middleware | MiddlewareType)[];
}
