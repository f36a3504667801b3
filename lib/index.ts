// For users.
export { AtomModule } from './decorators/atom-module.js';
export { AtomService } from './decorators/atom-service.js';
export { OnRequest } from './decorators/on-request.js';
export { OnEvent } from './decorators/on-event.js';
export { Lexeme, type LexemeOptions } from './decorators/lexeme.js';
export { AtomLexeme, type SchemaData } from './lexicon/atom-lexeme.js';
export { Use } from './decorators/use.js';
export { Injectable } from './decorators/injectable.js';
export { Inject } from './decorators/inject.js';
export { Optional } from './decorators/optional.js';
export { ATOM_LOGGER, AtomFactory } from './application/factory.js';
export { Application, type ServiceHandle } from './application/application.js';
export type { ApplicationState, ApplicationStatus } from './application/application-status.js';
export type { AtomOptions, DurableOptions, LogLevel } from './application/options.js';
export type { DiscoveryOptions } from './application/discovery-options.js';
export type { LiveEventOptions } from './application/live-event-options.js';
export { AtomClient, type Subscription, type SubscriptionHandler } from './client/atom-client.js';
export type { SignalReceipt } from './client/calls.js';
export type {
  PublishOptions,
  RequestOptions,
  SignalOptions,
  SubscribeOptions,
} from './client/client-options.js';
export type { Jsonified, Remote, TypedRemote } from './client/remote.js';
export type { ServiceView } from './client/service-view.js';
export type { DeadLetter, DeadLetters } from './durable/dead-letters.js';
export type { DurableStats } from './durable/consumer-host.js';
export type { PublishReceipt } from './runtime/event-server.js';
export type { Gap, GapListener } from './runtime/gap.js';
export type { Caller, DurableDelivery, Headers, MessageContext } from './runtime/context.js';
export type { Middleware, MiddlewareType, Next } from './runtime/middleware.js';
export type { Handler } from './runtime/service-runtime.js';
export type { OnClose, OnInit, OnListening } from './container/lifecycle.js';
export type {
  Class,
  DynamicModule,
  MessageType,
  ModuleOptions,
  ModuleReference,
  Provider,
  Token,
} from './metadata/definitions.js';
export {
  ATOM_CODES,
  AtomError,
  type AtomCode,
  type AtomErrorOptions,
  BootstrapError,
  type FieldError,
  type Outcome,
} from './errors.js';
export type { DeliveryOptions } from './delivery/call-request.js';
export type { LaggingFeed } from './delivery/feed.js';
export type { SlowSubscriber } from './runtime/slow-subscribers.js';
export type { PeerView } from './delivery/peer-view.js';
export type { SourceStatus } from '../nucleus/discovery.js';
export type { Logger } from '../nucleus/logger.js';

// For integrators.
export type { ServiceDescription, ServiceStats } from './application/builtin-operations.js';
export type { OperationStatsView } from './runtime/operation-stats.js';
export { compileLexeme } from './lexicon/compile.js';
export type { CompiledLexeme } from './lexicon/lexeme.js';
