/** Its handlers leave rejected promises behind. `ARGS`: nothing, or `throw` for Node's own way. */
import { AtomClient, AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';

@AtomService('@test/careless')
class Careless {
  // Asking for the client has messages followed.
  constructor(readonly client: AtomClient) {}

  @OnRequest('leave-behind')
  leaveBehind(): string {
    void Promise.reject(new Error('nobody awaits this'));
    void (async () => {
      await Promise.resolve();
      throw new Error('nor this');
    })();
    return 'done';
  }
}

@AtomModule({ services: [Careless] })
class CarelessModule {}

const surviveRejections = process.argv[2] !== 'throw';
await AtomFactory.create(CarelessModule, { surviveRejections, drainTimeout: 1000 }).listen();
