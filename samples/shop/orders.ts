import {
  AtomClient,
  AtomModule,
  AtomService,
  Injectable,
  OnEvent,
  OnRequest,
  type MessageContext,
} from 'atomjs';
import { journal, logPeers } from './journal.js';
import { OrderPlaced, PaymentCompleted, PlaceOrder, Reserved } from './messages.js';
import type { PaymentsService } from './payments.js';
import { run } from './run.js';
import type { StockService } from './stock.js';

/** Orders that wait for their payment. */
@Injectable()
export class OpenOrders {
  private readonly orders = new Map<string, PlaceOrder>();

  add(order: PlaceOrder): void {
    this.orders.set(order.orderId, order);
  }

  take(orderId: string): PlaceOrder | undefined {
    const order = this.orders.get(orderId);
    this.orders.delete(orderId);
    return order;
  }
}

@AtomService('@shop/orders')
export class OrdersService {
  constructor(
    private readonly client: AtomClient,
    private readonly open: OpenOrders,
  ) {}

  @OnRequest('place-order', { returns: Reserved })
  async placeOrder(order: PlaceOrder, context: MessageContext): Promise<Reserved> {
    const { orderId, sku, quantity } = order;
    journal({ orderId, remaining: context.remaining() });
    const stock = this.client.of<StockService>('@shop/stock');
    const payments = this.client.of<PaymentsService>('@shop/payments');

    const reserved = await stock.reserve({ orderId, sku, quantity });
    this.open.add(order);
    try {
      await payments.charge({ orderId, amount: reserved.amount });
    } catch (error) {
      this.open.take(orderId);
      throw error;
    }
    return reserved;
  }

  @OnEvent('payment.completed', { from: '@shop/payments' })
  async onPaid({ orderId, amount }: PaymentCompleted): Promise<void> {
    const order = this.open.take(orderId);
    if (order === undefined) return;
    await this.client.publish(Object.assign(new OrderPlaced(), { orderId, email: order.email, amount }));
  }
}

@AtomModule({ services: [OrdersService], providers: [OpenOrders] })
class OrdersModule {}

logPeers(await run(OrdersModule, { lookFor: ['@shop/stock', '@shop/payments'] }));
