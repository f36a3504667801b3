import { expect } from 'chai';
import { AtomModule, AtomService, OnRequest, type AtomOptions, type Class } from 'atomjs';
import { createTestApplication } from 'atomjs/testing';
import { recordOfService } from '../../../lib/application/record-of-service.js';
import { resolveOptions } from '../../../lib/application/options.js';
import { ServiceRuntime } from '../../../lib/runtime/service-runtime.js';
import { BootstrapError } from '../../../lib/errors.js';

let running = 0;
let most = 0;
const work = async (): Promise<void> => {
  most = Math.max(most, ++running);
  await new Promise((resolve) => setImmediate(resolve));
  running--;
};

class Work {
  @OnRequest()
  one(): Promise<void> {
    return work();
  }

  @OnRequest({ concurrency: 2 })
  two(): Promise<void> {
    return work();
  }
}

@AtomService('@test/work')
class Plain extends Work {}

@AtomService({ name: '@test/work', concurrency: 3 })
class Limited extends Work {}

describe('limits of what runs at a time', () => {
  /** How many of each operation run at once, when ten of each are asked. */
  async function mostOf(type: Class, operations: readonly string[], options: AtomOptions = {}) {
    class Module {}
    (AtomModule({ services: [type] }) as (target: Class) => void)(Module);
    const app = await createTestApplication(Module, { options });
    running = most = 0;
    const all = Array.from({ length: 10 }, () =>
      operations.map((operation) => app.client.request('@test/work', operation)),
    );
    await Promise.all(all.flat());
    await app.close();
    return most;
  }

  it('there are none by default', async () => {
    expect(await mostOf(Plain, ['one'])).to.equal(10);
  });

  it('are kept: of an operation, of a service, of an application', async () => {
    expect(await mostOf(Plain, ['two'])).to.equal(2);
    expect(await mostOf(Limited, ['one', 'two'])).to.equal(3);
    expect(await mostOf(Plain, ['one', 'two'], { concurrency: 4 })).to.equal(4);
    expect(await mostOf(Limited, ['two'], { concurrency: 4 })).to.equal(2);
  });

  it('are whole numbers from 1', () => {
    for (const concurrency of [0, -1, 1.5, NaN]) {
      expect(() => resolveOptions({ concurrency }, {})).to.throw(BootstrapError, "option 'concurrency'");
    }
    expect(resolveOptions({ concurrency: 1 }, {}).concurrency).to.equal(1);
  });
});

describe('the record of a service', () => {
  it('says which operations are idempotent', () => {
    const service = new ServiceRuntime('@a/b', '1.0.0', {});
    const any = { kind: 'any' } as const;
    service.add({
      name: 'read',
      method: 'doRead',
      accepts: any,
      returns: any,
      run: () => 1,
      idempotent: true,
    });
    service.add({ name: 'write', method: 'write', accepts: any, returns: any, run: () => 1 });
    expect(recordOfService(service).operations).to.deep.equal([
      { name: 'read', method: 'doRead', idempotent: true },
      { name: 'write', method: 'write' },
    ]);
  });
});
