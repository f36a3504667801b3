import { expect } from 'chai';
import { AtomError, AtomModule, AtomService, OnRequest, type Application, type AtomClient } from 'atomjs';
import { createTestApplication, createTestClient, TestNetwork } from 'atomjs/testing';
import { errorOf } from '../runtime/support.js';

@AtomService('@test/prices')
class PriceService {
  @OnRequest({ accepts: 'any', returns: 'any', idempotent: true })
  async price(what: unknown): Promise<number> {
    if (what === 'never') await new Promise(() => {});
    if (what === 'broken') throw new AtomError('NOT_FOUND', 'no such thing');
    return 1;
  }

  @OnRequest({ accepts: Number })
  double(n: number): number {
    return 2 * n;
  }
}

@AtomModule({ services: [PriceService] })
class PriceModule {}

describe('the fallback of a request', () => {
  let app: Application;
  let client: AtomClient & { close(): Promise<void> };
  const fallback = (error: AtomError): number => -error.message.length;

  beforeEach(async () => {
    const network = new TestNetwork();
    app = await createTestApplication(PriceModule, { network, options: { drainTimeout: 50 } });
    client = await createTestClient(network, { options: { discoveryGrace: 0 } });
    await client.waitFor('@test/prices');
  });

  afterEach(() => Promise.all([client.close(), app.close()]));

  it('is not used where there is an answer', async () => {
    expect(await client.request('@test/prices', 'price', 'tea', { fallback: 0 })).to.equal(1);
  });

  it('is the result where nobody offers the service, as a value or a function of the error', async () => {
    expect(await client.request('@test/none', 'price', 'tea', { fallback: 0 })).to.equal(0);
    expect(await client.request<number>('@test/none', 'price', 'tea', { fallback })).to.be.lessThan(-20);
    const remote = client.of<PriceService>('@test/prices');
    const late = await remote.price('never', {
      timeout: 20,
      fallback: async (error) => error.message.length,
    });
    expect(late).to.be.greaterThan(20);
  });

  it('is used by the typed remote of a class as well', async () => {
    expect(await client.of(PriceService).price('never', { timeout: 20, fallback: 7 })).to.equal(7);
  });

  it('does not hide what a handler threw, a wrong message, or that the caller gave up', async () => {
    const broken = await errorOf(client.request('@test/prices', 'price', 'broken', { fallback: 0 }));
    expect(broken.code).to.equal('NOT_FOUND');
    const wrong = await errorOf(client.request('@test/prices', 'double', 'x', { fallback: 0 }));
    expect(wrong).to.include({ code: 'INVALID_ARGUMENT', outcome: 'REJECTED' });
    const signal = AbortSignal.abort();
    const gone = await errorOf(client.request('@test/prices', 'price', 'tea', { fallback: 0, signal }));
    expect(gone.code).to.equal('CANCELLED');
  });

  it('is used once the client is closed, and what it throws is the error', async () => {
    const failing = client.request('@test/none', 'price', 1, {
      fallback: () => {
        throw new Error('no fallback either');
      },
    });
    expect(await failing.catch((error: Error) => error.message)).to.equal('no fallback either');
    await client.close();
    expect(await client.request('@test/prices', 'price', 'tea', { fallback: 0 })).to.equal(0);
  });
});

describe('the options of a request', () => {
  it('are refused where they make no sense, before anything is sent', async () => {
    const client = await createTestClient(new TestNetwork());
    for (const options of [
      { retries: -1 },
      { retries: 1.5 },
      { retries: 1000 },
      { key: '' },
      { idempotencyKey: 'x'.repeat(256) },
      { idempotent: 'yes' as unknown as boolean },
    ]) {
      const [name] = Object.keys(options);
      const error = await errorOf(client.request('@a/b', 'x', 1, options));
      expect(error).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
      expect(error.message).to.include(`Request option '${name}' is`);
    }
    await client.close();
  });
});
