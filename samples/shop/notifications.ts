import { AtomModule, AtomService, OnEvent } from 'atomjs';
import { OrderPlaced } from './messages.js';
import { report, run } from './run.js';

@AtomService('@shop/notifications')
class NotificationsService {
  @OnEvent('order.placed', { from: '@shop/orders' })
  mail({ orderId }: OrderPlaced): void {
    report({ type: 'mailed', orderId });
  }
}

@AtomModule({ services: [NotificationsService] })
class NotificationsModule {}

await run(NotificationsModule, { lookFor: ['@shop/orders'] });
