import { expect } from 'chai';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsDate,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsMongoId,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Lexeme } from '../../../lib/decorators/lexeme.js';
import { compileLexeme } from '../../../lib/lexicon/compile.js';

enum Colour {
  red = 'red',
  green = 'green',
}

class Item {
  @IsString() @Length(1, 40) sku!: string;
  @IsInt() @Min(1) @Max(99) quantity = 1;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Item) parts?: Item[];
}

@Lexeme('order.placed')
class Order {
  @IsUUID() id!: string;
  @IsEmail() email!: string;
  @IsNumber() @IsPositive() amount!: number;
  @IsEnum(Colour) colour!: Colour;
  @IsOptional() @IsIn(['a', 'b']) letter?: string;
  @IsOptional() @IsString({ each: true }) @ArrayMaxSize(5) tags?: string[];
  @Matches(/^[a-z]+$/) word!: string;
  @Matches(/^[a-z]+$/i) anyCase!: string;
  @Matches(/a/) @Matches(/b/) both!: string;
  @IsMongoId() ref!: string;
  @IsDate() @Type(() => Date) at!: Date;
  @ValidateIf((order: Order) => order.amount > 100) @IsString() approval?: string;
  @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => Item) items!: Item[];
  @IsOptional() @ValidateNested() @Type(() => Order) previous?: Order;
}

describe('the JSON Schema of a lexeme class', () => {
  const schema = compileLexeme(Order).jsonSchema();
  const properties = schema['properties'] as Record<string, unknown>;

  it('names its draft and its class', () => {
    expect(schema).to.include({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Order',
      type: 'object',
    });
  });

  it('tells types, formats, limits, patterns and choices', () => {
    expect(properties).to.deep.include({
      id: { type: 'string', format: 'uuid' },
      email: { type: 'string', format: 'email' },
      amount: { type: 'number', exclusiveMinimum: 0 },
      colour: { enum: ['red', 'green'] },
      word: { type: 'string', pattern: '^[a-z]+$' },
      ref: { type: 'string', pattern: '^[0-9a-fA-F]{24}$' },
      at: { type: 'string', format: 'date-time' },
    });
  });

  it('says less rather than something wrong', () => {
    expect(properties['anyCase']).to.deep.equal({ type: 'string' });
    expect(properties['approval']).to.deep.equal({});
  });

  it('keeps two rules of one kind', () => {
    expect(JSON.stringify(properties['both'])).to.contain('"pattern":"a"').and.contain('"pattern":"b"');
  });

  it('says that optional keys may be null', () => {
    expect(properties['letter']).to.deep.equal({ anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] });
    expect(properties['tags']).to.deep.equal({
      type: ['array', 'null'],
      items: { type: 'string' },
      maxItems: 5,
    });
  });

  it('refers to nested classes, and to itself', () => {
    expect(properties['items']).to.deep.equal({
      type: 'array',
      items: { $ref: '#/$defs/Item' },
      minItems: 1,
    });
    expect(properties['previous']).to.deep.equal({ anyOf: [{ $ref: '#' }, { type: 'null' }] });
    expect(schema['$defs']).to.deep.equal({
      Item: {
        type: 'object',
        properties: {
          sku: { type: 'string', minLength: 1, maxLength: 40 },
          quantity: { type: 'integer', minimum: 1, maximum: 99, default: 1 },
          parts: { type: ['array', 'null'], items: { $ref: '#/$defs/Item' } },
        },
        required: ['sku'],
      },
    });
  });

  it('requires what has neither a default nor a condition', () => {
    expect(schema['required']).to.have.members([
      'id',
      'email',
      'amount',
      'colour',
      'word',
      'anyCase',
      'both',
      'ref',
      'at',
      'items',
    ]);
  });

  it('closes the object of a strict lexeme', () => {
    @Lexeme('strict', { strict: true })
    class Strict {
      @IsString() name!: string;
    }
    expect(compileLexeme(Strict).jsonSchema()).to.include({ additionalProperties: false });
    expect(schema).not.to.have.property('additionalProperties');
  });
});
