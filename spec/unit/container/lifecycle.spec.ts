import { expect } from 'chai';
import { type ManagedInstance, runHook, runOnClose } from '../../../lib/container/lifecycle.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';

const managed = (name: string, instance: object): ManagedInstance => ({
  name,
  module: 'TestModule',
  instance,
});

describe('runHook', () => {
  it('calls the hook on each instance that has it, in order, one after another', async () => {
    const log: string[] = [];
    class First {
      async onInit(): Promise<void> {
        log.push('first begins');
        await Promise.resolve();
        log.push('first ends');
      }
    }
    class Second {
      readonly word = 'second';
      onInit(): void {
        log.push(this.word);
      }
    }
    await runHook(
      [managed('First', new First()), managed('None', {}), managed('Second', new Second())],
      'onInit',
    );
    expect(log).to.deep.equal(['first begins', 'first ends', 'second']);
  });

  for (const hook of ['onInit', 'onListening'] as const) {
    it(`stops ${hook} at the first failure and names it`, async () => {
      const cause = new Error('no disk');
      let later = false;
      const failing = { [hook]: () => Promise.reject(cause) };
      const after = { [hook]: () => (later = true) };
      const failure = await runHook([managed('Store', failing), managed('Orders', after)], hook).catch(
        (error: unknown) => error as Error,
      );
      expect(failure).to.be.instanceOf(Error);
      expect((failure as Error).message).to.equal(`Store.${hook}() failed in TestModule: no disk`);
      expect((failure as Error).cause).to.equal(cause);
      expect(later).to.equal(false);
    });
  }

  it('calls onClose in reverse order and on all of them, and throws the failures together', async () => {
    const log: string[] = [];
    const closing = (name: string, fails: boolean): ManagedInstance =>
      managed(name, {
        onClose() {
          log.push(name);
          if (fails) throw new Error(`${name} broke`);
        },
      });
    const failure = await runOnClose([closing('A', true), closing('B', false), closing('C', true)], {
      clock: new FakeClock(),
      within: 100,
    }).catch((error: unknown) => error);
    expect(log).to.deep.equal(['C', 'B', 'A']);
    expect(failure).to.be.instanceOf(AggregateError);
    expect((failure as AggregateError).errors.map((error: Error) => error.message)).to.deep.equal([
      'C.onClose() failed in TestModule: C broke',
      'A.onClose() failed in TestModule: A broke',
    ]);
  });

  it('waits no longer for onClose than it may, names what hangs, and calls the rest all the same', async () => {
    const clock = new FakeClock();
    const log: string[] = [];
    const hanging = (name: string): ManagedInstance =>
      managed(name, { onClose: () => (log.push(name), new Promise(() => undefined)) });
    const quick = managed('Quick', { onClose: () => log.push('Quick') });
    const closing = runOnClose([quick, hanging('B'), hanging('A')], { clock, within: 1000 }).catch(
      (error: unknown) => error,
    );
    await clock.advance(999);
    expect(log).to.deep.equal(['A']);
    await clock.advance(101);
    const failure = await closing;
    expect(log).to.deep.equal(['A', 'B', 'Quick']);
    expect((failure as AggregateError).errors.map((error: Error) => error.message)).to.deep.equal([
      'A.onClose() failed in TestModule: it did not return within 1000 ms, and is left alone',
      'B.onClose() failed in TestModule: it did not return within 100 ms, and is left alone',
    ]);
  });
});
