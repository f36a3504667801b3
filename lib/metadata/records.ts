import type { EventOptions, ModuleOptions, RequestOptions, ServiceOptions, Token } from './definitions.js';
import { MetadataRecord } from './metadata-store.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';

interface MethodRecord {
  readonly method: string;
  /** True on a static method, which is a mistake. */
  readonly isStatic: boolean;
}

/** One `@OnRequest`, as written; the scanner checks it. */
export interface RequestRecord extends MethodRecord {
  readonly kind: 'request';
  /** Undefined: the method's name. */
  readonly operation: string | undefined;
  readonly options: RequestOptions;
}

/** One `@OnEvent`, as written; the scanner checks it. */
export interface EventRecord extends MethodRecord {
  readonly kind: 'event';
  readonly target: string;
  readonly options: EventOptions;
}

export type HandlerRecord = RequestRecord | EventRecord;

/** One `@Use`; `method` is undefined on the class. */
export interface UseRecord {
  readonly method: string | undefined;
  readonly middleware: readonly (Middleware | MiddlewareType)[];
}

/** What `@Inject` and `@Optional` say of one constructor parameter. */
export interface ParameterRecord {
  /** True once `@Inject` was used, even with an undefined token. */
  readonly injected?: boolean;
  readonly token?: Token;
  readonly optional?: boolean;
}

export const moduleRecord = new MetadataRecord<ModuleOptions>('module');
export const serviceRecord = new MetadataRecord<ServiceOptions>('service');
export const injectableRecord = new MetadataRecord<true>('injectable');
/** In the order of the source. */
export const handlersRecord = new MetadataRecord<readonly HandlerRecord[]>('handlers');
export const useRecord = new MetadataRecord<readonly UseRecord[]>('use');
export const parametersRecord = new MetadataRecord<ReadonlyMap<number, ParameterRecord>>('parameters');
