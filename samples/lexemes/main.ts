import { Type } from 'class-transformer';
import { IsDate, IsEmail, IsInt, IsPositive, IsString, ValidateNested } from 'class-validator';
import {
  AtomError,
  AtomFactory,
  AtomLexeme,
  AtomModule,
  AtomService,
  Lexeme,
  OnRequest,
  type FieldError,
} from 'atomjs';

// A lexeme is a message contract: a class with class-validator's rules and class-transformer's types.
class Line {
  @IsString() sku!: string;
  @IsInt() @IsPositive() quantity!: number;
}

class PlaceOrder {
  @IsEmail() email!: string;
  @Type(() => Date) @IsDate() placedAt!: Date;
  @Type(() => Line) @ValidateNested({ each: true }) lines!: Line[];
}

// Version 1 had one name. The version travels with each message, and `upcast` takes older ones along.
@Lexeme('user', { version: 1 })
class UserV1 {
  @IsString() name!: string;
}

@Lexeme('user', {
  version: 2,
  upcast: {
    1: ({ name }: UserV1) => {
      const [firstName, lastName] = name.split(' ');
      return { firstName, lastName };
    },
  },
})
class User {
  @IsString() firstName!: string;
  @IsString() lastName!: string;
}

// Written as an example: the type of a default is the rule for its key, `null` takes anything.
class Settings extends AtomLexeme {
  static override schema = { theme: 'light', fontSize: 12, editor: { tabs: false }, extra: null };
}

@AtomService('@samples/lexemes')
class LexemesService {
  @OnRequest('place-order')
  placeOrder({ email, placedAt, lines }: PlaceOrder): string {
    const pieces = lines.reduce((sum, line) => sum + line.quantity, 0);
    return `${pieces} pieces for ${email}, placed in ${placedAt.getUTCFullYear()}`; // a real Date
  }

  @OnRequest('register')
  register({ firstName, lastName }: User): string {
    return `${lastName}, ${firstName}`;
  }

  @OnRequest('save')
  save(settings: Settings): string {
    return `${settings.stringify()}, tabs: ${String(settings.getValue('editor.tabs'))}`;
  }
}

@AtomModule({ services: [LexemesService] })
class LexemesModule {}

const app = await AtomFactory.create(LexemesModule, { logLevel: 'warn' }).listen();
const ask = (operation: string, data: unknown) => app.client.request('@samples/lexemes', operation, data);

const order = { email: 'ada@example.com', placedAt: new Date(0), lines: [{ sku: 'tea', quantity: 2 }] };
console.log('order:    ', await ask('place-order', order));

try {
  await ask('place-order', { ...order, email: 'ada', lines: [{ sku: 'tea', quantity: -1 }] });
} catch (error) {
  if (!AtomError.is(error)) throw error;
  console.log('refused:  ', error.code);
  for (const { path, rule } of error.details as FieldError[]) console.log(`           ${path} (${rule})`);
}

console.log('version 1:', await ask('register', Object.assign(new UserV1(), { name: 'Ada Lovelace' })));
const user = Object.assign(new User(), { firstName: 'Grace', lastName: 'Hopper' });
console.log('version 2:', await ask('register', user));
console.log('example:  ', await ask('save', Settings.inflect({ theme: 'dark', unknown: 'is dropped' })));

await app.close();
