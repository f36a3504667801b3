import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { IsString } from 'class-validator';
import {
  AtomFactory,
  AtomModule,
  AtomService,
  Lexeme,
  OnEvent,
  type MessageContext,
  type PublishReceipt,
} from 'atomjs';
import { startRedis } from './redis.js';

@Lexeme('order.placed', { durable: true }) // every publish of it is kept, every handler of it is durable
class OrderPlaced {
  @IsString() orderId!: string;
}

let addressIsKnown = false;
let handled = 0;

@AtomService('@samples/mail')
class MailService {
  @OnEvent('order.placed')
  send({ orderId }: OrderPlaced, { durable }: MessageContext) {
    if (orderId === 'o-13' && !addressIsKnown) {
      console.log(`  mail fails on ${orderId}, delivery ${durable?.delivery}`);
      throw new Error('no such address');
    }
    console.log(`  mail handles ${orderId}, delivery ${durable?.delivery}`);
    handled++;
  }
}

@AtomModule({ services: [MailService] })
class MailModule {}

const redis = await startRedis();
const options = {
  environment: `sample-${randomBytes(4).toString('hex')}`, // what an earlier run left behind is not this one's
  discovery: { redis: redis.url, multicast: 'off', nucleus: 'off' },
  durable: { retryDelay: 20 }, // the default is a second; doubled after each failure
  logger: false,
} as const;

/** Starts the service that listens. */
const startMail = () => AtomFactory.create(MailModule, options).listen();

const shop = await AtomFactory.createClient(options);
function place(orderId: string): Promise<PublishReceipt> {
  console.log(`  shop publishes ${orderId}`);
  // Events of one key are handled one after another, in this order.
  return shop.publish(Object.assign(new OrderPlaced(), { orderId }), { key: 'ada' });
}

/** A sample has an order to show; a service of your own need not wait for anything. */
async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await sleep(10);
}

let mail = await startMail();
await shop.waitFor('@samples/mail');
console.log('mail listens');
await place('o-1');
await until(() => handled === 1);

await mail.close();
console.log('mail is away');
await place('o-2');
const { services } = await place('o-3');
console.log(`  kept for services: ${services}`);

console.log('mail is back');
mail = await startMail();
await until(() => handled === 3);

console.log('a handler that throws');
await place('o-13');
const dead = shop.deadLetters('@samples/mail');
await until(async () => (await dead.list()).length > 0);

console.log('the dead letter');
for (const { service, topic, data, error } of await dead.list()) {
  console.log(`  ${service} gave up ${topic} ${JSON.stringify(data)}: ${error}`);
}

console.log('mended, and replayed');
addressIsKnown = true;
await dead.replay();
await until(() => handled === 4);

await mail.close();
await shop.close();
await redis.stop();
