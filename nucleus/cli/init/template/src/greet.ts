import { IsString, MinLength } from 'class-validator';

/** What `greet` takes. Any class with rules is a contract: wrong data never reaches the handler. */
export class Greet {
  @IsString() @MinLength(1) name!: string;
}
