import { setTimeout as sleep } from 'node:timers/promises';
import { AtomFactory, AtomModule, AtomService, OnEvent, type Gap } from 'atomjs';

const heard: string[] = [];
let started = 0;

@AtomService('@samples/invoices')
class InvoicesService {
  private readonly name = `invoices ${++started}`;

  // group, the default: the events are shared out among the instances of this service
  @OnEvent('order.paid')
  bill(orderId: string) {
    heard.push(`${this.name} bills ${orderId}`);
  }

  // broadcast: every instance gets all of them
  @OnEvent('price.changed', { delivery: 'broadcast' })
  forget(sku: string) {
    heard.push(`${this.name} forgets the price of ${sku}`);
  }

  // several at a time; those of one key one after another, in the order in which they were published
  @OnEvent('page.rendered', { concurrency: 10 })
  async keep(page: string) {
    await sleep(page === 'cart 1' ? 50 : 5);
    heard.push(`${this.name} keeps ${page}`);
  }
}

@AtomModule({ services: [InvoicesService] })
class InvoicesModule {}

@AtomModule({})
class ShopModule {}

// Each application would be a process of its own; here they share one. A shop publishes, two instances listen.
const onGap = ({ topic, count }: Gap) => console.log(`${count ?? 'some'} of '${topic}' were lost`);
const start = (module: new () => object) =>
  AtomFactory.create(module, { logLevel: 'warn', events: { onGap } }).listen();
const shop = await start(ShopModule);
const first = await start(InvoicesModule);
const second = await start(InvoicesModule);
const { client } = shop;
const listening = () =>
  client.services().flatMap(({ instances }) => instances.filter(({ state }) => state === 'routable'));
while (listening().length < 2) await sleep(10);

/** Prints what has been heard, once it is all there. */
async function print(title: string, count: number, order = (lines: string[]) => lines.sort()) {
  while (heard.length < count) await sleep(10);
  console.log(title);
  for (const line of order(heard.splice(0))) console.log(`  ${line}`);
}

for (const order of ['o-1', 'o-2', 'o-3', 'o-4']) await client.publish('order.paid', order);
await print('balanced: each is handled once', 4);

await client.publish('price.changed', 'tea');
await print('broadcast: by every instance', 2);

await second.close();
while (listening().length > 1) await sleep(10);
for (const order of ['o-5', 'o-6']) await client.publish('order.paid', order);
await print('one instance has left: the other gets all', 2);

const pages = ['cart 1', 'cart 2', 'help 1'];
for (const page of pages) await client.publish('page.rendered', page, { key: page.split(' ')[0]! });
await print('ten at a time, in order for each key', 3, (lines) => lines);

await Promise.all([shop.close(), first.close()]);
