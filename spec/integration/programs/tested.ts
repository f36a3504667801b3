/** One step of a test, in a process that nothing else keeps alive. `ARGS`: the step's name. Prints what it comes to. */
import { AtomError, AtomModule, AtomService, OnEvent, OnRequest } from 'atomjs';
import { createTestApplication, createTestClient, TestNetwork } from 'atomjs/testing';

let heard = (): void => undefined;
let deliveries = 0;

@AtomService('@test/tested')
class Tested {
  @OnRequest()
  never(): Promise<void> {
    return new Promise(() => {});
  }

  @OnRequest()
  boom(): void {
    throw new Error('boom here');
  }

  @OnRequest()
  fine(): string {
    return 'fine';
  }

  @OnEvent('thing.done', { durable: true, accepts: 'any' })
  onDone(): void {
    if (++deliveries === 1) throw new Error('not yet');
    heard();
  }
}

@AtomModule({ services: [Tested] })
class TestedModule {}

const network = new TestNetwork();
const client = await createTestClient(network);
const open: { close(): Promise<void> }[] = [client];
const serve = async (): Promise<void> => {
  const options = { drainTimeout: 50, durable: { retryDelay: 50 } };
  open.push(await createTestApplication(TestedModule, { network, options }));
};

const steps: Record<string, () => Promise<unknown>> = {
  'nobody there': () => client.request('@no/pe', 'a'),
  'waiting in vain': () => client.waitFor('@no/pe', { timeout: 50 }),
  'no answer': async () => {
    await serve();
    return client.request('@test/tested', 'never', undefined, { timeout: 50 });
  },
  'a handler that throws': async () => {
    await serve();
    return client.request('@test/tested', 'boom');
  },
  'a second delivery': async () => {
    await serve();
    const done = new Promise<void>((resolve) => (heard = resolve));
    await client.publish('thing.done', {}, { durable: true });
    await done;
    return `delivery ${deliveries}`;
  },
  close: async () => {
    await serve();
    await client.request('@test/tested', 'never', undefined, { timeout: 50 }).catch(() => undefined);
    await open.pop()!.close();
    return 'closed';
  },
  'nothing that is closed': async () => {
    await serve();
    return client.request('@test/tested', 'fine', undefined, { timeout: 100 });
  },
};

const step = process.argv[2]!;
const result = await steps[step]!().catch((error: unknown) => AtomError.from(error).message);
console.log(result);
if (step !== 'nothing that is closed') for (const one of open) await one.close();
