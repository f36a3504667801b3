import type {
  EventDefinition,
  OperationDefinition,
  ServiceDefinition,
  Token,
} from '../metadata/definitions.js';
import type { Middleware, MiddlewareType } from '../runtime/middleware.js';
import { isMiddlewareType } from '../scanner/scan-middleware.js';
import { type Handler, type ServiceRuntime, wrap } from '../runtime/service-runtime.js';

/** Puts the methods of a service's instance behind its operations and topics, inside their middleware. */
export function bindService(
  service: ServiceRuntime,
  definition: ServiceDefinition,
  application: readonly Middleware[],
  resolve: (token: Token) => unknown,
): void {
  const instance = resolve(definition.type) as Record<string, Handler>;
  const layersOf = ({ middleware }: OperationDefinition | EventDefinition): Middleware[] => [
    ...application,
    ...[...definition.middleware, ...middleware].map((layer) => asFunction(layer, resolve)),
  ];
  const methodOf = (name: string): Handler => instance[name]!.bind(instance);
  for (const operation of definition.operations) {
    const { name, method, accepts, returns, idempotent, concurrency, timeout } = operation;
    const run = wrap(layersOf(operation), methodOf(method));
    service.add({ name, method, accepts, returns, idempotent, concurrency, timeout, run });
  }
  for (const event of definition.events) {
    const { topic, from, delivery, concurrency, durable, accepts, method } = event;
    service.listen({
      topic,
      from,
      delivery,
      concurrency,
      durable,
      accepts,
      run: wrap(layersOf(event), methodOf(method)),
    });
  }
}

function asFunction(layer: Middleware | MiddlewareType, resolve: (token: Token) => unknown): Middleware {
  if (!isMiddlewareType(layer)) return layer;
  const instance = resolve(layer) as { use: Middleware };
  return (context, next) => instance.use(context, next);
}
