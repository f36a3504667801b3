import {
  AtomError,
  AtomFactory,
  AtomModule,
  AtomService,
  Injectable,
  OnRequest,
  Use,
  type MessageContext,
  type Middleware,
  type Next,
} from 'atomjs';

// A middleware is a function around what comes next. It may look, change, answer itself or refuse.
const announce: Middleware = async (context, next) => {
  console.log(`  ${context.direction} ${context.operation}`);
  const result = await next();
  console.log(`  ${context.direction} ${context.operation} done`);
  return result;
};

const sendToken =
  (token: string): Middleware =>
  (context, next) => {
    context.headers['token'] = token;
    return next();
  };

@Injectable()
class Tokens {
  isGood(token: string | undefined): boolean {
    return token === 'open-sesame';
  }
}

// As a class it is made by the container, so it can have dependencies.
@Injectable()
class RequireToken {
  constructor(private readonly tokens: Tokens) {}

  use(context: MessageContext, next: Next): unknown {
    if (!this.tokens.isGood(context.headers['token'])) {
      throw new AtomError('PERMISSION_DENIED', 'A good token is needed');
    }
    return next();
  }
}

const shout: Middleware = async (_context, next) => String(await next()).toUpperCase();

@AtomService('@samples/cave')
class CaveService {
  @OnRequest()
  @Use(RequireToken, shout)
  enter(): string {
    return 'welcome';
  }

  @OnRequest()
  knock(): string {
    return 'who is there?';
  }
}

@AtomModule({ services: [CaveService], providers: [Tokens] })
class CaveModule {}

// Around everything that comes in: application, then service, then method.
const cave = await AtomFactory.create(CaveModule, { logLevel: 'warn' }).use(announce).listen();

@AtomModule({})
class VisitorModule {}

const visitor = AtomFactory.create(VisitorModule, { logLevel: 'warn' });
await visitor.listen();
const remote = visitor.client.of<CaveService>('@samples/cave');

console.log('knock');
console.log('=', await remote.knock());

console.log('enter without a token');
await remote.enter().catch((error: unknown) => console.log('=', AtomError.from(error).message));

// Around everything that goes out.
visitor.use(sendToken('open-sesame'), { outbound: true });
visitor.use(announce, { outbound: true });
console.log('enter with a token');
console.log('=', await remote.enter());

await visitor.close();
await cave.close();
