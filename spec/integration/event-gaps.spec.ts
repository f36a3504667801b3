import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import type { Application } from '../../lib/application/application.js';
import type { AtomOptions } from '../../lib/application/options.js';
import type { Class } from '../../lib/metadata/definitions.js';
import type { Gap } from '../../lib/runtime/gap.js';
import { createTestApplication } from '../../lib/testing/test-application.js';
import { TestNetwork } from '../../lib/testing/test-network.js';
import { eventually } from '../support/eventually.js';
import { moduleOf } from './support.js';

/** What each instance of a service handled, and what it was told is missing. */
interface Listener {
  readonly app: Application;
  readonly heard: number[];
  readonly gaps: Gap[];
}

@AtomService('@test/publisher')
class Publishing {}

/** Applications on the memory transport: what was published is what was heard and what was told to be lost. */
describe('events that do not arrive', () => {
  let network: TestNetwork;
  let apps: Application[];
  let publisher: Application;
  let published: number;

  beforeEach(async () => {
    network = new TestNetwork();
    apps = [];
    published = 0;
    publisher = await start([Publishing]);
  });

  afterEach(async () => {
    network.messages.heal();
    await Promise.all(apps.map((app) => app.close()));
  });

  async function start(services: Class[], options: AtomOptions = {}) {
    const app = await createTestApplication(moduleOf(services), { network, options });
    apps.push(app);
    return app;
  }

  /** An instance that hears `n`. */
  async function listen(delivery: 'group' | 'broadcast', work = async (): Promise<void> => {}) {
    const heard: number[] = [];
    const gaps: Gap[] = [];
    @AtomService('@test/listener')
    class Listening {
      @OnEvent('n', { accepts: 'any', delivery })
      async take(n: number) {
        heard.push(n);
        await work();
      }
    }
    const app = await start([Listening], { events: { onGap: (gap) => gaps.push(gap) } });
    await eventually(() => known().some(({ id }) => id === app.status().instance));
    return { app, heard, gaps } satisfies Listener;
  }

  /** Instances of services that the publisher knows. */
  const known = () => publisher.client.services().flatMap(({ instances }) => instances);

  async function publish(count: number) {
    for (let n = 0; n < count; n++) await publisher.client.publish('n', ++published);
  }
  /** Many at once, which wait in the connections for a moment. */
  const burst = (count: number) => {
    for (let n = 0; n < count; n++) void publisher.client.publish('n', ++published);
  };
  const lost = ({ gaps }: Listener) => gaps.reduce((sum, { count = 0 }) => sum + count, 0);
  const cut = () => network.messages.cut(publisher.status().instance);

  it('are counted, exactly, however often the connection breaks', async () => {
    const all = [await listen('broadcast'), await listen('broadcast')];
    for (let round = 0; round < 5; round++) {
      burst(50);
      await Promise.resolve();
      cut();
      burst(20);
      await publish(5);
    }
    for (const one of all) {
      await eventually(() => one.heard.length + lost(one) === published);
      expect(lost(one)).to.be.greaterThan(0);
      expect(one.app.status().events).to.include({ lost: lost(one), received: one.heard.length });
      expect(one.heard).to.deep.equal([...new Set(one.heard)].sort((a, b) => a - b));
      expect(one.gaps[0]).to.include({ topic: 'n', service: '@test/listener', publisher: '@test/publisher' });
      expect(one.gaps[0]!.instance).to.equal(publisher.status().instance);
      expect(one.app.service('@test/listener').stats().events.n).to.include({ lost: lost(one) });
    }
  });

  it('are counted across a partition for as long as it lasts, and after both sides have given the other up', async () => {
    const one = await listen('broadcast');
    await publish(3);
    await eventually(() => one.heard.length === 3);
    const [a, b] = [publisher, one.app].map((app) => app.status().instance) as [string, string];
    network.messages.partition(a, b);
    network.messages.cut(a, b);
    network.registry.expire(a);
    await eventually(() => one.app.client.services().every(({ name }) => name !== '@test/publisher'));
    await publish(4);
    network.messages.heal();
    await eventually(() => lost(one) === 4, { within: 10_000 });
    await publish(2);
    await eventually(() => one.heard.length === 5);
    expect(one.heard).to.deep.equal([1, 2, 3, 8, 9]);
    expect(lost(one)).to.equal(4);
  });

  it('are counted once for a group of which nobody was there, and not at all while another has them', async () => {
    const [a, b] = [await listen('group'), await listen('group')];
    await publish(4);
    await eventually(() => a.heard.length + b.heard.length === 4);
    network.messages.freeze(a.app.status().instance);
    network.messages.cut(a.app.status().instance);
    await publish(10);
    await eventually(() => a.heard.length + b.heard.length === 14);
    network.messages.freeze(b.app.status().instance);
    network.messages.cut(b.app.status().instance);
    await publish(3);
    network.messages.thaw(b.app.status().instance);
    network.messages.thaw(a.app.status().instance);
    await eventually(() => lost(a) + lost(b) === 3, { within: 10_000 });
    await publish(2);
    await eventually(() => a.heard.length + b.heard.length === 16);
    expect(lost(a) + lost(b)).to.equal(3);
  });

  it('arrive all the same, once and in order, where the publisher keeps a ring, in a group once', async () => {
    publisher = await start([Publishing], { events: { replay: true } });
    const all = [await listen('broadcast'), await listen('broadcast')];
    const group = [await listen('group'), await listen('group')];
    for (let round = 0; round < 5; round++) {
      burst(50);
      await Promise.resolve();
      cut();
      burst(20);
      await publish(5);
    }
    const numbers = Array.from({ length: published }, (_, n) => n + 1);
    await eventually(() => all.every(({ heard }) => heard.length >= published));
    for (const { heard } of all) expect(heard).to.deep.equal(numbers);
    await eventually(() => group[0]!.heard.length + group[1]!.heard.length >= published);
    expect(group.flatMap(({ heard }) => heard).sort((a, b) => a - b)).to.deep.equal(numbers);
    for (const { gaps } of [...all, ...group]) expect(gaps).to.deep.equal([]);
  });

  it('are told where the ring is too small for them, and only those', async () => {
    publisher = await start([Publishing], { events: { replay: { messages: 10 } } });
    const one = await listen('broadcast');
    await publish(5);
    await eventually(() => one.heard.length === 5);
    burst(30);
    await Promise.resolve();
    cut();
    await eventually(() => one.heard.length + lost(one) === published);
    expect(one.heard).to.deep.equal([1, 2, 3, 4, 5, ...Array.from({ length: 10 }, (_, n) => 26 + n)]);
  });

  it('are none when the publisher closes in order, and none of a publisher that is started again', async () => {
    const one = await listen('broadcast');
    burst(500);
    await publisher.close();
    await eventually(() => one.heard.length === 500);
    publisher = await start([Publishing]);
    await eventually(() => known().length === 1);
    await publish(1);
    await eventually(() => one.heard.length === 501);
    expect(one.gaps).to.deep.equal([]);
  });
});
