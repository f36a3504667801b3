import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  MinLength,
  ValidateNested,
} from 'class-validator';
import {
  type Application,
  AtomError,
  AtomFactory,
  AtomModule,
  AtomService,
  Lexeme,
  OnEvent,
  OnRequest,
} from '../../lib/index.js';

class Address {
  @IsString() @MinLength(2) city!: string;
}

export class Reserve {
  @IsString() @MinLength(1) sku!: string;
  @IsInt() @IsPositive() quantity!: number;
  @IsOptional() @IsIn(['small', 'large']) size?: string;
  @IsOptional() @IsBoolean() gift?: boolean;
  @IsOptional() @ValidateNested() @Type(() => Address) address?: Address;
  @IsString({ each: true }) @ArrayMinSize(1) tags!: string[];
}

@Lexeme('price.changed', { version: 2 })
export class PriceChanged {
  @IsString() sku!: string;
}

/** What the services have heard, newest last. */
export const heard: { readonly topic: string; readonly data: unknown }[] = [];

const hanging: (() => void)[] = [];

@AtomService({ name: '@cli/stock', version: '1.4.0' })
class StockService {
  @OnRequest('reserve')
  reserve(message: Reserve): { reserved: number; sku: string } {
    return { reserved: message.quantity, sku: message.sku };
  }

  @OnRequest({ accepts: 'any' })
  echo(message: unknown): unknown {
    return message;
  }

  @OnRequest()
  refuse(): never {
    throw new AtomError('FAILED_PRECONDITION', 'the shop is closed');
  }

  /** Answers when the services end. */
  @OnRequest()
  hang(): Promise<void> {
    return new Promise((resolve) => hanging.push(resolve));
  }

  @OnEvent('price.changed')
  priceChanged(message: PriceChanged): void {
    heard.push({ topic: 'price.changed', data: { ...message } });
  }

  @OnEvent('order.placed', { from: '@cli/orders', accepts: 'any' })
  orderPlaced(data: unknown): void {
    heard.push({ topic: 'order.placed', data });
  }
}

@AtomModule({ services: [StockService] })
class StockModule {}

@AtomService('@cli/orders')
class OrdersService {
  @OnRequest()
  ping(): string {
    return 'pong';
  }
}

@AtomModule({ services: [OrdersService] })
class OrdersModule {}

/** Services in this process on the mesh that `env` names: `stock` instances of @cli/stock, and one of @cli/orders. */
export async function startServices(env: NodeJS.ProcessEnv, stock = 1): Promise<readonly Application[]> {
  heard.length = 0;
  const options = {
    environment: env.ATOM_ENV ?? '',
    discovery: { multicast: env.ATOM_MULTICAST ?? '' },
    logger: false,
    shutdownSignals: false,
  } as const;
  const modules = [...Array.from({ length: stock }, () => StockModule), OrdersModule];
  return Promise.all(modules.map((module) => AtomFactory.create(module, options).listen()));
}

export async function endServices(apps: readonly Application[]): Promise<void> {
  for (const release of hanging.splice(0)) release();
  await Promise.all(apps.map((app) => app.close()));
}
