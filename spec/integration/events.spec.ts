import { IsInt } from 'class-validator';
import { expect } from 'chai';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { Lexeme } from '../../lib/decorators/lexeme.js';
import { OnEvent } from '../../lib/decorators/on-event.js';
import type { MessageContext } from '../../lib/runtime/context.js';
import type { Class } from '../../lib/metadata/definitions.js';
import { eventually } from '../support/eventually.js';
import { Applications, failure, moduleOf, type TestClient } from './support.js';

@Lexeme('order.placed')
class OrderPlaced {
  @IsInt() n!: number;
}

const placed = (n: number) => Object.assign(new OrderPlaced(), { n });

let heard: string[] = [];
const note = (who: object, what: string) => heard.push(`${(who as { id: string }).id} ${what}`);

@AtomService('@shop/mail')
class Mail {
  readonly id = `mail${++Mail.count}`;
  static count = 0;

  @OnEvent('order.placed')
  onPlaced(order: OrderPlaced, { topic, caller }: MessageContext) {
    note(this, `${topic} ${order.n} from ${caller.service || 'a client'}`);
    if (order.n === 13) throw new Error('unlucky');
  }

  @OnEvent('cache.clear', { accepts: 'any', delivery: 'broadcast' })
  onClear() {
    note(this, 'clear');
  }

  @OnEvent('audit.>', { accepts: 'any', from: '@shop/bank' })
  onAudit(_: unknown, { topic }: MessageContext) {
    note(this, topic);
  }
}

@AtomService('@shop/stats')
class Stats {
  readonly id = 'stats';

  @OnEvent('order.*')
  onAny(order: OrderPlaced) {
    note(this, `order ${order.n}`);
  }
}

@AtomService('@shop/bank')
class Bank {}

describe('events over ZeroMQ', () => {
  const apps = new Applications().closeAfterEach();
  let client: TestClient;

  beforeEach(async () => {
    heard = [];
    Mail.count = 0;
    client = await apps.client();
  });

  /** Starts one application for each service, and waits until the client knows them. */
  async function start(...services: Class[]) {
    const started = await Promise.all(services.map((service) => apps.listen(moduleOf([service]))));
    await eventually(() => {
      const known = client.services().flatMap(({ instances }) => instances);
      return known.length === services.length;
    });
    return started;
  }
  const count = (end: string) => heard.filter((line) => line.endsWith(end)).length;

  it('reach one instance of each service, checked and revived, and the receipt says how many', async () => {
    await start(Mail, Mail, Stats);
    for (let n = 0; n < 10; n++) {
      expect(await client.publish(placed(n))).to.deep.equal({ services: 2, instances: 2, dropped: 0 });
    }
    await eventually(() => heard.length === 20);
    for (let n = 0; n < 10; n++) {
      expect(count(`order.placed ${n} from a client`)).to.equal(1);
      expect(count(`stats order ${n}`)).to.equal(1);
    }
    expect(heard.filter((line) => line.startsWith('mail1'))).to.have.length(5);
  });

  it('reach every instance where delivery is broadcast', async () => {
    await start(Mail, Mail, Mail);
    expect(await client.publish('cache.clear', {})).to.deep.equal({ services: 1, instances: 3, dropped: 0 });
    await eventually(() => heard.length === 3);
    expect(heard.sort()).to.deep.equal(['mail1 clear', 'mail2 clear', 'mail3 clear']);
  });

  it('reach who asks for one publisher from that publisher only', async () => {
    const [, bank] = await start(Mail, Bank);
    expect((await client.publish('audit.login.failed', 1)).instances).to.equal(0);
    await eventually(() => bank!.client.services().length > 0);
    expect((await bank!.client.publish('audit.login.failed', 1)).instances).to.equal(1);
    await eventually(() => heard.length === 1);
    expect(heard).to.deep.equal(['mail1 audit.login.failed']);
  });

  it('reach the publisher’s own services too', async () => {
    const [mail] = await start(Mail);
    expect((await mail!.client.publish(placed(1))).instances).to.equal(1);
    await eventually(() => count('order.placed 1 from @shop/mail') === 1);
  });

  it('never lose the first after a subscriber has become known', async () => {
    for (let round = 0; round < 15; round++) {
      const app = await apps.listen(moduleOf([Stats]));
      const { instance } = app.status();
      const isKnown = () =>
        client.services().some(({ instances }) => instances.some(({ id }) => id === instance));
      await eventually(isKnown, { every: 1 });
      const { instances } = await client.publish(placed(round));
      expect(instances, `round ${round}`).to.equal(1);
      await eventually(() => count(`stats order ${round}`) === 1, { every: 1 });
      await app.close();
    }
  });

  it('never lose the first after `subscribe` has resolved, and none reaches who has unsubscribed', async () => {
    const [bank] = await start(Bank);
    for (let round = 0; round < 50; round++) {
      const got: unknown[] = [];
      const subscription = await client.subscribe(
        '@shop/bank|||paid.*',
        (data: number) => void got.push(data),
      );
      await bank!.client.publish('paid.now', round);
      await eventually(() => got.length === 1, { every: 1 });
      await subscription.unsubscribe();
      await bank!.client.publish('paid.now', -1);
      expect(got).to.deep.equal([round]);
    }
  });

  it('come in order, also to a handler that takes its time', async () => {
    const [bank] = await start(Bank);
    const got: number[] = [];
    await client.subscribe('n', async (n: number) => {
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      got.push(n);
    });
    for (let n = 0; n < 3000; n++) void bank!.client.publish('n', n);
    await eventually(() => got.length === 3000);
    expect(got).to.deep.equal(Array.from({ length: 3000 }, (_, n) => n));
  });

  it('go on after a handler that throws, which is counted', async () => {
    const [mail] = await start(Mail);
    await client.publish(placed(13));
    await client.publish(placed(14));
    await eventually(() => heard.length === 2);
    const { events } = mail!.service('@shop/mail').stats();
    await eventually(() => events['order.placed'] !== undefined);
    expect(mail!.service('@shop/mail').stats().events['order.placed']).to.deep.include({
      count: 2,
      errors: { INTERNAL: 1 },
    });
  });

  it('are checked before they are sent', async () => {
    const wrong = await failure(client.publish(placed(1.5)));
    expect(wrong).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
    expect(await failure(client.publish('order.*', 1))).to.include({ code: 'INVALID_ARGUMENT' });
  });

  it('as signals go to one instance of one service, which has accepted them when they resolve', async () => {
    await start(Mail, Mail);
    for (let n = 0; n < 4; n++) {
      const receipt = await client.signal('@shop/mail', 'order.placed', { n });
      expect(receipt.service).to.equal('@shop/mail');
      expect(receipt.instance).to.match(/^[0-9a-f]{32}$/);
    }
    await client.signal('@shop/mail|||order.placed', { n: 4 });
    await client.signal('@shop/mail:::order.placed', { n: 13 });
    await eventually(() => heard.length === 6);
    expect(await failure(client.signal('@shop/mail', 'no.such', 1))).to.include({
      code: 'UNIMPLEMENTED',
      outcome: 'REJECTED',
      message: "Topic 'no.such' not handled by '@shop/mail'; there is order.placed, cache.clear, audit.>",
    });
    expect(await failure(client.signal('@shop/mail|||order.placed', { n: 'x' }))).to.include({
      code: 'INVALID_ARGUMENT',
    });
    expect(await failure(client.signal('@shop/none|||order.placed', { n: 1 }))).to.include({
      code: 'UNAVAILABLE',
    });
  });
});
