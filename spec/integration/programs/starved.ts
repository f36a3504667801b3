/** A service that can be left without a file descriptor, and asks others then. */
import { closeSync, openSync } from 'node:fs';
import { AtomClient, AtomError, AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';

@AtomService('@test/starved')
class Starved {
  private held: number[] = [];

  constructor(private readonly client: AtomClient) {}

  /** Opens files until there is no descriptor left, once it knows whom to ask then. */
  @OnRequest()
  async starve(): Promise<string> {
    await this.client.waitFor('@test/other', { timeout: 5000 });
    try {
      for (;;) this.held.push(openSync('/dev/null', 'r'));
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? '';
    }
  }

  @OnRequest()
  feed(): void {
    for (const file of this.held.splice(0)) closeSync(file);
  }

  /** Asks a service that nothing is connected to yet. */
  @OnRequest()
  async ask(): Promise<string> {
    try {
      return await this.client.request('@test/other', 'hello', undefined, { timeout: 5000 });
    } catch (error) {
      return AtomError.is(error) ? `${error.code} ${error.outcome}` : String(error);
    }
  }
}

@AtomModule({ services: [Starved] })
class StarvedModule {}

await AtomFactory.create(StarvedModule, { drainTimeout: 1000 }).listen();
