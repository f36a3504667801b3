import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';

/** A flat lexeme, as in the manual. */
export class OrderPlaced {
  @IsUUID() orderId!: string;
  @IsEmail() email!: string;
  @IsPositive() amount!: number;
}

export class OrderLine {
  @IsString() @Length(1, 40) sku!: string;
  @IsInt() @Min(1) quantity!: number;
}

/** A lexeme with a list of others. */
export class Order {
  @IsUUID() id!: string;
  @IsEmail() email!: string;
  @IsString() @Length(1, 80) name!: string;
  @IsOptional() @IsString() note?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => OrderLine) lines!: OrderLine[];
}

export type LexemeName = 'flat' | 'nested';

const placed = { orderId: '6f1c7e0a-41d5-4c0e-9d4e-0a1b2c3d4e5f', email: 'ada@example.org', amount: 42.5 };
const order = {
  id: placed.orderId,
  email: placed.email,
  name: 'Ada Lovelace',
  lines: [
    { sku: 'sku-1', quantity: 1 },
    { sku: 'sku-2', quantity: 3 },
  ],
};

/** The lexemes whose check is measured, with right and wrong messages of each. The right ones are timed. */
export const LEXEMES = {
  flat: {
    type: OrderPlaced,
    right: placed,
    wrong: [
      { ...placed, email: 'ada' },
      { ...placed, amount: -1 },
    ],
  },
  nested: {
    type: Order,
    right: order,
    wrong: [
      { ...order, lines: [{ sku: '', quantity: 1 }] },
      { ...order, id: 'x' },
    ],
  },
} as const;
