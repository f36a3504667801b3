import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import type { Logger } from '../../nucleus/logger.js';
import { Applications, failure, moduleOf } from './support.js';

const full = (): never => {
  throw new Error('ENOSPC: no space left on device');
};

/** Writes to a disk that is full. */
const brokenLogger: Logger = { debug: full, info: full, warn: full, error: full, child: full };

const unprintable: Record<string, () => unknown> = {
  proxy: () =>
    new Proxy(
      {},
      {
        get: full,
        getPrototypeOf: full,
      },
    ),
  stack: () => Object.defineProperty(new Error(), 'stack', { get: full }),
  bare: () => Object.create(null) as unknown,
  nothing: () => undefined,
};

@AtomService('@faults/thrower')
class Thrower {
  @OnRequest({ accepts: 'any' })
  now(what: string): never {
    throw unprintable[what]!();
  }

  @OnRequest({ accepts: 'any' })
  async later(what: string): Promise<never> {
    await Promise.resolve();
    throw unprintable[what]!();
  }

  @OnRequest()
  well(): string {
    return 'well';
  }
}

describe('a service whose handlers throw what cannot be looked at', () => {
  const apps = new Applications().closeAfterEach();

  it('answers with an error and goes on serving, with a logger that throws as well', async () => {
    await apps.listen(moduleOf([Thrower]), { logger: brokenLogger });
    const client = await apps.client();
    for (const what of Object.keys(unprintable)) {
      for (const how of ['now', 'later']) {
        const error = await failure(client.request('@faults/thrower', how, what, { timeout: 2000 }));
        expect([error.code, error.outcome], `${how} ${what}`).to.deep.equal(['INTERNAL', 'FAILED']);
      }
    }
    expect(await client.request('@faults/thrower', 'well')).to.equal('well');
  });
});
