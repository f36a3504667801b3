import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import {
  AtomFactory,
  AtomModule,
  AtomService,
  compileLexeme,
  Lexeme,
  OnRequest,
  type AtomOptions,
} from 'atomjs';
import type { Contender } from '../contender.js';
import { answer, type Body } from '../workload.js';

class Item {
  @IsString() sku!: string;
  @IsInt() quantity!: number;
  @IsString() text!: string;
}

@Lexeme('bench.body')
class BodyLexeme implements Body {
  @IsInt() id!: number;
  @IsString() user!: string;
  @IsString() name!: string;
  @IsString() note!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: readonly Item[];
}

@AtomService('@bench/echo')
export class EchoService {
  @OnRequest({ returns: BodyLexeme })
  answer(message: BodyLexeme): BodyLexeme {
    return answer(message);
  }
}

@AtomModule({ services: [EchoService] })
export class EchoModule {}

@AtomModule({})
class PublisherModule {}

const OPTIONS: AtomOptions = { logger: false, shutdownSignals: false, environment: 'bench' };
const found = (endpoint: string | undefined): AtomOptions => ({
  ...OPTIONS,
  discovery: { multicast: 'off', seeds: [endpoint!] },
});

/** The whole framework: decorated service, lexeme checked in and out, deadline, context, metrics. */
export const contender: Contender = {
  title: 'atomjs',
  requests: {
    async serve() {
      const app = await AtomFactory.create(EchoModule, {
        ...OPTIONS,
        discovery: { multicast: 'off' },
      }).listen();
      return { endpoints: [app.status().endpoint] };
    },
    async connect([endpoint]) {
      const client = await AtomFactory.createClient(found(endpoint));
      await client.waitFor('@bench/echo', { timeout: 10_000 });
      const echo = client.of<EchoService>('@bench/echo');
      return {
        request(body, done) {
          echo.answer(body as BodyLexeme).then(
            (result) => done(undefined, result),
            (error: unknown) => done(error, undefined),
          );
        },
      };
    },
  },
  events: {
    async publisher() {
      const app = await AtomFactory.create(PublisherModule, {
        ...OPTIONS,
        discovery: { multicast: 'off' },
      }).listen();
      return {
        endpoints: [app.status().endpoint],
        publish: (event) => void app.client.publish('bench.event', event),
      };
    },
    async subscribe([endpoint], onEvent) {
      const client = await AtomFactory.createClient(found(endpoint));
      await client.subscribe('bench.event', onEvent);
    },
  },
  async check(type) {
    const lexeme = compileLexeme<object>(type);
    return (data) => {
      try {
        lexeme.parse(data);
        return true;
      } catch {
        return false;
      }
    };
  },
};
