import { expect } from 'chai';
import type { AtomClient } from '../../../lib/client/atom-client.js';
import { AtomError } from '../../../lib/errors.js';
import { FakeClock } from '../../../lib/testing/fake-clock.js';
import { createTestClient } from '../../../lib/testing/test-application.js';
import { TestNetwork } from '../../../lib/testing/test-network.js';

describe('what is no name of a service', () => {
  let client: Awaited<ReturnType<typeof createTestClient>>;
  // A clock that nobody moves: what fails has waited for nothing.
  before(async () => void (client = await createTestClient(new TestNetwork(), { clock: new FakeClock() })));
  after(() => client.close());

  const uses: Record<string, (made: AtomClient, name: string) => unknown> = {
    request: (made, name) => made.request(name, 'a'),
    signal: (made, name) => made.signal(name, 'a', 1),
    of: (made, name) => made.of(name),
    waitFor: (made, name) => made.waitFor(name),
    'waitFor, one of several': (made, name) => made.waitFor(['@a/b', name]),
  };
  const wrong: [unknown, string][] = [
    ['xy', "bad service name 'xy': write '@namespace/name' with letters, digits, '-', '_' and '.'"],
    [undefined, "a service's name is a string, not undefined"],
    [7, "a service's name is a string, not 7"],
  ];
  for (const [how, use] of Object.entries(uses)) {
    for (const [name, message] of wrong) {
      it(`is refused at once: ${how}, ${String(name)}`, async () => {
        const error = await Promise.resolve()
          .then(() => use(client, name as string))
          .catch((thrown: unknown) => thrown);
        expect(error).to.be.instanceOf(AtomError);
        expect(error).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT', message });
      });
    }
  }
});
