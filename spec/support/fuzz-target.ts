/** An application that is fuzzed, in a process of its own: started by `fork`, asked and answering by messages. */
import {
  AtomClient,
  AtomFactory,
  AtomModule,
  AtomService,
  OnEvent,
  OnRequest,
  type Application,
} from 'atomjs';

/** What the process says at its start, and whenever it is asked. */
export interface FuzzTargetState {
  readonly instance: string;
  readonly endpoint: string;
  readonly eventsEndpoint: string;
  readonly memory: number;
  readonly malformed: number;
}

@AtomService('@fuzz/target')
class TargetService {
  constructor(private readonly client: AtomClient) {}

  @OnRequest({ accepts: 'any', returns: 'any' })
  async work(data: { n: number }): Promise<number> {
    await this.client.publish('fuzz.done', { n: data.n });
    return data.n;
  }

  @OnEvent('fuzz.signal', { accepts: 'any' })
  signal(_: unknown): void {}
}

@AtomModule({ services: [TargetService] })
class TargetModule {}

function state(app: Application): FuzzTargetState {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { instance, endpoint, eventsEndpoint, malformed } = app.status();
  return { instance, endpoint, eventsEndpoint, malformed, memory: process.memoryUsage().rss };
}

const app = await AtomFactory.create(TargetModule, {
  logger: false,
  shutdownSignals: false,
  discovery: { multicast: 'off' },
}).listen();
process.on('message', () => process.send?.(state(app)));
process.on('disconnect', () => process.exit(0));
process.send?.(state(app));
