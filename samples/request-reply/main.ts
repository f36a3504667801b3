import { IsArray, IsNumber, IsString, MinLength } from 'class-validator';
import { AtomError, AtomFactory, AtomModule, AtomService, OnRequest } from 'atomjs';

class Greet {
  @IsString() @MinLength(1) name!: string;
}

class Numbers {
  @IsArray() @IsNumber({}, { each: true }) values!: number[];
}

@AtomService('@samples/greeter')
class GreeterService {
  @OnRequest()
  greet({ name }: Greet): { text: string } {
    return { text: `Hello, ${name}!` };
  }

  @OnRequest('add-up')
  addUp({ values }: Numbers): number {
    return values.reduce((sum, value) => sum + value, 0);
  }

  @OnRequest()
  refuse(): never {
    throw new AtomError('FAILED_PRECONDITION', 'Not today');
  }
}

@AtomModule({ services: [GreeterService] })
class GreeterModule {}

const app = await AtomFactory.create(GreeterModule, { logLevel: 'warn' }).listen();

// By name: works from any process, with nothing shared.
const sum = await app.client.request('@samples/greeter', 'add-up', { values: [1, 2, 3] });
console.log('1 + 2 + 3 =', sum);

// As an object: each method is a request, typed by the class.
const greeter = app.client.of<GreeterService>('@samples/greeter');
const { text } = await greeter.greet({ name: 'Ada' }, { timeout: 500 });
console.log(text);

// Every failure is an AtomError that says what became of the request.
for (const call of [
  () => greeter.greet({ name: '' }),
  () => greeter.refuse(),
  () => app.client.request('@samples/greeter', 'dance'),
  () => app.client.request('@samples/greeters', 'greet', { name: 'Ada' }),
]) {
  try {
    await call();
  } catch (error) {
    if (!AtomError.is(error)) throw error;
    console.log(`${error.code} (${error.outcome}): ${error.message}`);
  }
}

await app.close();
