import { IsString } from 'class-validator';
import { Lexeme } from 'atomjs';

/** Somebody was greeted: the answer of `greet`, and the event that tells of it. The label is its topic. */
@Lexeme('greeter.greeted', { version: 1 })
export class Greeted {
  @IsString() name!: string;
  @IsString() text!: string;
}
