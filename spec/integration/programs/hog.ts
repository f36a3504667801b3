/** A service that takes all the descriptors that its process may have, logs a lot, and calls others. */
import { closeSync, openSync } from 'node:fs';
import { AtomClient, AtomFactory, AtomModule, AtomService, OnRequest, type MessageContext } from 'atomjs';

const taken: number[] = [];

@AtomService('@test/hog')
class Hog {
  constructor(readonly client: AtomClient) {}

  @OnRequest('take-all')
  takeAll(): string {
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? '';
    }
  }

  @OnRequest('give-back')
  giveBack(): number {
    for (const one of taken) closeSync(one);
    return taken.splice(0).length;
  }

  @OnRequest()
  log(lines: number, context: MessageContext): string {
    for (let n = 0; n < lines; n++) context.logger.info({ n, text: 'x'.repeat(1000) }, 'a line');
    return 'logged';
  }

  @OnRequest()
  ask(service: string): Promise<unknown> {
    return this.client.request(service, 'echo', 1, { timeout: 1000 });
  }
}

@AtomModule({ services: [Hog] })
class HogModule {}

await AtomFactory.create(HogModule, { drainTimeout: 1000 }).listen();
