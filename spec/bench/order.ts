import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Min,
  ValidateNested,
} from 'class-validator';

export class OrderLine {
  @IsString() @Length(1, 40) sku!: string;
  @IsInt() @Min(1) quantity!: number;
}

/** The lexeme whose check is measured: what an order usually has. */
export class Order {
  @IsUUID() id!: string;
  @IsEmail() email!: string;
  @IsString() @Length(1, 80) name!: string;
  @IsOptional() @IsString() note?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => OrderLine) lines!: OrderLine[];
}

/** Plain objects and whether they are valid orders. */
export function orders(): { data: unknown; valid: boolean }[] {
  const valid = {
    id: '6f1c7e0a-41d5-4c0e-9d4e-0a1b2c3d4e5f',
    email: 'ada@example.org',
    name: 'Ada Lovelace',
    lines: [
      { sku: 'sku-1', quantity: 1 },
      { sku: 'sku-2', quantity: 3 },
    ],
  };
  return [
    ...Array.from({ length: 15 }, (_, index) => ({ data: { ...valid, note: `note ${index}` }, valid: true })),
    { data: { ...valid, lines: [{ sku: '', quantity: 1 }] }, valid: false },
  ];
}
