import { IsString } from 'class-validator';
import { AtomError, AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';

class GetPrice {
  @IsString() sku!: string;
}

const PRICES: Readonly<Record<string, number>> = { tea: 4.2, cup: 9.5 };

@AtomService('@samples/prices')
export class PricesService {
  @OnRequest('get-price')
  getPrice({ sku }: GetPrice): { sku: string; price: number } {
    const price = PRICES[sku];
    if (price === undefined) throw new AtomError('NOT_FOUND', `There is no '${sku}'`);
    return { sku, price };
  }
}

@AtomModule({ services: [PricesService] })
class PricesModule {}

await AtomFactory.create(PricesModule, { logLevel: 'warn' }).listen();
console.log('prices: listening; Ctrl-C ends it');
