import { expect } from 'chai';
import { refusal } from '../../../lib/runtime/refusal.js';
import { ServiceRuntime } from '../../../lib/runtime/service-runtime.js';

describe('the refusal of what a service does not have', () => {
  let service: ServiceRuntime;
  beforeEach(() => void (service = new ServiceRuntime('@a/b', '1.0.0', {})));

  const is = { handled: false, expired: false, draining: false };
  const any = { kind: 'any' } as const;
  const operations = (...names: string[]): void => {
    for (const name of names)
      service.add({ name, method: `${name}Method`, accepts: any, returns: any, run: () => 1 });
  };
  const operation = (o: string) => refusal({ t: 'req', i: 1, s: '@a/b', o, dl: 1 }, service, is)?.message;
  const topic = (p: string) => refusal({ t: 'sig', i: 1, s: '@a/b', p, dl: 1 }, service, is)?.message;

  it('tells the operation that was meant', () => {
    operations('reserve', 'release');
    expect(operation('reserv')).to.equal(
      "Operation 'reserv' not supported by '@a/b'; did you mean 'reserve'?",
    );
  });

  it('tells the operations that there are, five at most', () => {
    operations('boom', 'count');
    expect(operation('nope')).to.equal("Operation 'nope' not supported by '@a/b'; there is boom, count");
    operations('c', 'd', 'e', 'f', 'g');
    expect(operation('something')).to.equal(
      "Operation 'something' not supported by '@a/b'; there is boom, count, c, d, e, and 2 more",
    );
  });

  it('tells no more where there is nothing', () => {
    expect(operation('x')).to.equal("Operation 'x' not supported by '@a/b'");
    expect(topic('x')).to.equal("Topic 'x' not handled by '@a/b'");
  });

  it('tells the topics that are handled', () => {
    const more = { from: undefined, delivery: 'group', concurrency: 1, accepts: any, run: () => 1 } as const;
    service.listen({ ...more, topic: 'price.changed' });
    expect(topic('price.change')).to.equal(
      "Topic 'price.change' not handled by '@a/b'; did you mean 'price.changed'?",
    );
    expect(topic('sold')).to.equal("Topic 'sold' not handled by '@a/b'; there is price.changed");
  });
});
