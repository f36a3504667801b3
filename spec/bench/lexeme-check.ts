import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsDate,
  IsEmail,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
  validate,
} from 'class-validator';
import { compileLexeme } from '../../lib/lexicon/compile.js';

class OrderItem {
  @IsString() @MaxLength(40) sku!: string;
  @IsInt() @IsPositive() quantity!: number;
}

class OrderPlaced {
  @IsUUID() orderId!: string;
  @IsEmail() email!: string;
  @IsPositive() amount!: number;
  @IsOptional() @IsString({ each: true }) tags?: string[];
  @IsDate() @Type(() => Date) placedAt!: Date;
  @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => OrderItem) items!: OrderItem[];
}

/** One message as JSON gives it; made anew for each contender because class-validator may change what it gets. */
export function orderMessage(): object {
  return {
    orderId: '2f1c3e50-6d0b-4d0e-9f7e-0a4d3c2b1a90',
    email: 'ada@example.org',
    amount: 42.5,
    tags: ['new', 'gift'],
    placedAt: '2026-01-02T03:04:05.000Z',
    items: [
      { sku: 'A-1', quantity: 2 },
      { sku: 'B-2', quantity: 1 },
    ],
  };
}

/** Registers rules on many other classes, which class-validator looks through for each message. */
export function registerOtherClasses(count: number): void {
  for (let index = 0; index < count; index++) {
    class Other {
      declare value: string;
    }
    IsString()(Other.prototype, 'value');
  }
}

/** The check of an ordinary lexeme with two nested items: the compiled one, and what it stands for. */
export function lexemeCheck(): { name: string; ours(): void; theirs(): Promise<void> } {
  const lexeme = compileLexeme(OrderPlaced);
  const message = orderMessage();
  return {
    name: 'lexeme check',
    ours() {
      lexeme.parse(message);
    },
    async theirs() {
      const errors = await validate(plainToInstance(OrderPlaced, message), { whitelist: true });
      if (errors.length > 0) throw new Error('the message is valid');
    },
  };
}
