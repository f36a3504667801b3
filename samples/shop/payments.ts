import { AtomClient, AtomModule, AtomService, OnRequest } from 'atomjs';
import { Charge, PaymentCompleted } from './messages.js';
import { run } from './run.js';

@AtomService('@shop/payments')
export class PaymentsService {
  constructor(private readonly client: AtomClient) {}

  @OnRequest()
  async charge({ orderId, amount }: Charge): Promise<void> {
    await this.client.publish(Object.assign(new PaymentCompleted(), { orderId, amount }));
  }
}

@AtomModule({ services: [PaymentsService] })
class PaymentsModule {}

// An event goes to who is known: the orders must be, before the first payment is made.
await run(PaymentsModule, { lookFor: ['@shop/orders'] });
