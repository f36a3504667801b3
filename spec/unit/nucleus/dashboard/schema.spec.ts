import { expect } from 'chai';
import {
  ArrayMinSize,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsPositive,
  IsString,
  IsUUID,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { randomUUID } from 'node:crypto';
import { Lexeme } from '../../../../lib/decorators/lexeme.js';
import { compileLexeme } from '../../../../lib/lexicon/compile.js';
import { fieldsOf, sampleOf } from '../../../../nucleus/dashboard/page/schema.js';

class Line {
  @IsString() sku!: string;
  @IsInt() @Min(2) pieces!: number;
}

@Lexeme('order')
class Order {
  @IsUUID() id!: string;
  @IsEmail() email!: string;
  @IsInt() @IsPositive() quantity!: number;
  @IsIn(['normal', 'express']) speed!: string;
  @IsOptional() @IsString() @MaxLength(5) note?: string;
  @ValidateNested({ each: true }) @ArrayMinSize(2) @Type(() => Line) lines!: Line[];
}

describe("a lexeme's schema on the page", () => {
  const lexeme = compileLexeme(Order);
  const schema = lexeme.jsonSchema();

  it('is told field by field, in words, nested ones below their parent', () => {
    const told = fieldsOf(schema).map(
      ({ path, type, required, rules }) => `${path}: ${[type, ...rules].join(', ')}${required ? '' : '?'}`,
    );
    expect(told).to.have.members([
      'id: UUID',
      'email: email address',
      'quantity: whole number, greater than 0',
      'speed: "normal" | "express"',
      'note: text or null, at most 5 characters?',
      'lines: list of object, at least 2 items',
      'lines[].sku: text',
      'lines[].pieces: whole number, at least 2',
    ]);
  });

  it('gives an example that the lexeme takes', () => {
    const sample = sampleOf(schema, randomUUID);
    expect(sample).to.have.nested.property('lines[1].pieces', 2);
    expect(() => lexeme.parse(sample)).not.to.throw();
  });

  it('is read to an end where it contains itself, and where there is nothing to read', () => {
    const node = { type: 'object', properties: { next: { $ref: '#' }, name: { type: 'string' } } };
    expect(fieldsOf(node).length).to.be.within(2, 40);
    expect(sampleOf(node, randomUUID)).to.have.nested.property('next.name', 'text');
    expect(fieldsOf({})).to.deep.equal([]);
    expect(sampleOf({}, randomUUID)).to.equal(null);
  });
});
