/** An instance of a service that takes 5 ms for each request. */
import { AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';

@AtomService('@test/worker')
class Worker {
  @OnRequest({ accepts: 'any', idempotent: true, returns: 'any' })
  read(n: unknown): Promise<unknown> {
    return new Promise((resolve) => setTimeout(() => resolve(n), 5));
  }

  @OnRequest({ accepts: 'any', returns: 'any' })
  write(n: unknown): Promise<unknown> {
    return this.read(n);
  }
}

@AtomModule({ services: [Worker] })
class WorkerModule {}

await AtomFactory.create(WorkerModule).listen();
