import { IsEmail, IsInt, IsNumber, IsPositive, IsString, IsUUID } from 'class-validator';
import { Lexeme } from 'atomjs';

/** What the services of the shop say to one another. */

export class PlaceOrder {
  @IsUUID() orderId!: string;
  @IsEmail() email!: string;
  @IsString() sku!: string;
  @IsInt() @IsPositive() quantity!: number;
}

export class Reserve {
  @IsUUID() orderId!: string;
  @IsString() sku!: string;
  @IsInt() @IsPositive() quantity!: number;
}

export class Reserved {
  /** Of all pieces. */
  @IsNumber() amount!: number;
  /** The instance of the stock that did it. */
  @IsString() by!: string;
}

export class Charge {
  @IsUUID() orderId!: string;
  @IsPositive() amount!: number;
}

@Lexeme('payment.completed')
export class PaymentCompleted {
  @IsUUID() orderId!: string;
  @IsPositive() amount!: number;
}

@Lexeme('order.placed')
export class OrderPlaced {
  @IsUUID() orderId!: string;
  @IsEmail() email!: string;
  @IsPositive() amount!: number;
}
