import { setTimeout as sleep } from 'node:timers/promises';
import { IsString } from 'class-validator';
import {
  AtomFactory,
  AtomModule,
  AtomService,
  Lexeme,
  OnEvent,
  type AtomClient,
  type MessageContext,
  type PublishReceipt,
} from 'atomjs';

@Lexeme('order.placed') // the label is the topic
class OrderPlaced {
  @IsString() orderId!: string;
}

const heard: string[] = [];

@AtomService('@samples/mail')
class MailService {
  // group, the default: each event is handled by one instance of this service
  @OnEvent('order.placed')
  send({ orderId }: OrderPlaced) {
    heard.push(`mail (group): ${orderId}`);
  }
}

@AtomService('@samples/cache')
class CacheService {
  // broadcast: by every instance
  @OnEvent('order.placed', { delivery: 'broadcast' })
  forget({ orderId }: OrderPlaced) {
    heard.push(`cache (broadcast): ${orderId}`);
  }
}

@AtomService('@samples/audit')
class AuditService {
  // a pattern: `*` is one word, `>` is all the rest
  @OnEvent('order.>', { accepts: 'any' })
  note(_message: unknown, { topic, caller }: MessageContext) {
    heard.push(`audit (order.>): ${topic} from ${caller.service}`);
  }
}

@AtomService('@samples/refunds')
class RefundsService {
  // only what one service publishes
  @OnEvent('order.cancelled', { accepts: 'any', from: '@samples/orders' })
  refund({ orderId }: { orderId: string }) {
    heard.push(`refunds (from: '@samples/orders'): ${orderId}`);
  }
}

@AtomService('@samples/orders')
class OrdersService {}

@AtomService('@samples/imports')
class ImportsService {}

@AtomModule({ services: [OrdersService] })
class OrdersModule {}

@AtomModule({ services: [ImportsService] })
class ImportsModule {}

@AtomModule({ services: [AuditService, RefundsService] })
class OfficeModule {}

@AtomModule({ services: [MailService, CacheService] })
class WorkersModule {}

// Each application would be a process of its own; here they share one. Two of them run the workers.
const modules = [WorkersModule, WorkersModule, OfficeModule, OrdersModule, ImportsModule];
const apps = await Promise.all(
  modules.map((module) => AtomFactory.create(module, { logLevel: 'warn' }).listen()),
);
const [orders, imports] = apps.slice(3).map((app) => app.client) as [AtomClient, AtomClient];

// Nobody has to wait for anybody; this sample does, so that it can count.
for (const client of [orders, imports]) {
  while (client.services().flatMap(({ instances }) => instances).length < 7) await sleep(10);
}

async function show(title: string, publish: () => Promise<PublishReceipt>) {
  const { services, instances } = await publish();
  while (heard.length < instances) await sleep(10);
  console.log(title);
  console.log(`  sent to services: ${services}, instances: ${instances}`);
  for (const line of heard.splice(0).sort()) console.log(`  heard by ${line}`);
}

const placed = Object.assign(new OrderPlaced(), { orderId: 'o-1' });
await show('orders publishes order.placed', () => orders.publish(placed));
await show('orders publishes order.cancelled', () => orders.publish('order.cancelled', { orderId: 'o-1' }));
await show('imports publishes order.cancelled', () => imports.publish('order.cancelled', { orderId: 'o-2' }));

await Promise.all(apps.map((app) => app.close()));
