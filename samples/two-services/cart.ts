import { IsArray, IsString } from 'class-validator';
import { AtomClient, AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';
import type { PricesService } from './prices.js'; // the type only: no code is shared

class Cart {
  @IsArray() @IsString({ each: true }) skus!: string[];
}

@AtomService('@samples/cart')
class CartService {
  constructor(private readonly client: AtomClient) {}

  @OnRequest('total')
  async total({ skus }: Cart): Promise<number> {
    const prices = this.client.of<PricesService>('@samples/prices');
    const found = await Promise.all(skus.map((sku) => prices.getPrice({ sku })));
    return found.reduce((sum, { price }) => sum + price, 0);
  }
}

@AtomModule({ services: [CartService] })
class CartModule {}

const app = await AtomFactory.create(CartModule, { logLevel: 'warn' }).listen();
console.log('cart: listening, looking for @samples/prices');
await app.client.waitFor('@samples/prices');
console.log('cart: found it');

const total = await app.client.of<CartService>('@samples/cart').total({ skus: ['tea', 'tea', 'cup'] });
console.log(`cart: two teas and a cup cost ${total.toFixed(2)}`);
await app.close();
