import { AtomModule, AtomService, OnRequest, type MessageContext } from 'atomjs';
import { Reserve, Reserved } from './messages.js';
import { journal } from './journal.js';
import { name, run } from './run.js';

const PRICES: Readonly<Record<string, number>> = { tea: 4.2, coffee: 6.5, cup: 9.5, pot: 24 };

@AtomService('@shop/stock')
export class StockService {
  @OnRequest({ returns: Reserved })
  reserve({ orderId, sku, quantity }: Reserve, context: MessageContext): Reserved {
    journal({ orderId, remaining: context.remaining() });
    return { amount: quantity * (PRICES[sku] ?? 1), by: name };
  }
}

@AtomModule({ services: [StockService] })
class StockModule {}

const app = await run(StockModule);
journal({ instance: app.status().instance, pid: process.pid });
