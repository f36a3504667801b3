import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AtomError, AtomModule } from 'atomjs';
import { OrderPlaced } from './messages.js';
import type { OrdersService } from './orders.js';
import { report, run } from './run.js';

const { values } = parseArgs({ options: { orders: { type: 'string' }, rate: { type: 'string' } } });
const wanted = Number(values.orders ?? Infinity);
const rate = Number(values.rate ?? 100);

/** How long a customer waits for the answer and for the confirmation, ms. */
const PATIENCE = 2000;
const SKUS = ['tea', 'coffee', 'cup', 'pot'] as const;

@AtomModule({})
class CustomersModule {}

const app = await run(CustomersModule, { lookFor: ['@shop/orders'] });
const orders = app.client.of<OrdersService>('@shop/orders');

const confirmations = new EventEmitter().setMaxListeners(0);
await app.client.subscribe(
  '@shop/orders|||order.placed',
  ({ orderId }: OrderPlaced) => confirmations.emit(orderId),
  { accepts: OrderPlaced },
);

async function place(number: number): Promise<void> {
  const orderId = randomUUID();
  const sku = SKUS[number % SKUS.length]!;
  const quantity = 1 + (number % 3);
  const startedAt = performance.now();
  try {
    const [{ amount, by }] = await Promise.all([
      orders.placeOrder({ orderId, email: 'ada@example.com', sku, quantity }, { timeout: PATIENCE }),
      once(confirmations, orderId, { signal: AbortSignal.timeout(PATIENCE) }),
    ]);
    const ms = performance.now() - startedAt;
    report({ type: 'confirmed', number, order: `${quantity} × ${sku}`, amount, stock: by, ms });
  } catch (error) {
    const reason = AtomError.is(error) ? error.message : 'it was not confirmed in time';
    report({ type: 'failed', number, reason });
  }
}

const underWay = new Set<Promise<void>>();
const startedAt = performance.now();
for (let number = 1; number <= wanted && app.status().state === 'listening'; number++) {
  const order = place(number).finally(() => underWay.delete(order));
  underWay.add(order);
  await sleep(startedAt + (number * 1000) / rate - performance.now());
}
await Promise.all(underWay);
await app.close();
process.disconnect?.();
