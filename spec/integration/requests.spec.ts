import { IsDate, IsInt, IsPositive, IsUUID } from 'class-validator';
import { Type } from 'class-transformer';
import { expect } from 'chai';
import { AtomClient } from '../../lib/client/atom-client.js';
import { AtomService } from '../../lib/decorators/atom-service.js';
import { Lexeme } from '../../lib/decorators/lexeme.js';
import { OnRequest } from '../../lib/decorators/on-request.js';
import { AtomError } from '../../lib/errors.js';
import type { MessageContext } from '../../lib/runtime/context.js';
import { eventually } from '../support/eventually.js';
import { Applications, failure, moduleOf } from './support.js';

class GetUser {
  @IsUUID() userId!: string;
}

@Lexeme('user', { version: 2 })
class User {
  @IsUUID() userId!: string;
  @IsPositive() age!: number;
  @IsDate() @Type(() => Date) born!: Date;
}

const ID = '6f1c2b9e-3a53-4b8e-9d2f-6a0d7e3c1b2a';
const aborted: string[] = [];

@AtomService('@myapp/user-service')
class UserService {
  @OnRequest('get-user', { returns: User })
  getUser({ userId }: GetUser): User {
    return Object.assign(new User(), { userId, age: 30, born: new Date(0), password: 'secret' });
  }

  @OnRequest({ accepts: 'any' })
  fail(how: 'error' | 'atom' | 'text'): never {
    if (how === 'atom') throw new AtomError('NOT_FOUND', 'no such user', { details: { how } });
    if (how === 'text') throw 'text' as unknown as Error;
    throw new Error('secret of the server');
  }

  @OnRequest({ returns: User })
  wrong(): unknown {
    return { userId: 'no' };
  }

  @OnRequest({ accepts: 'any' })
  echo(data: unknown): unknown {
    return data;
  }

  @OnRequest({ accepts: 'any' })
  async hang(name: string, { abortSignal }: MessageContext): Promise<void> {
    await new Promise<void>((_, reject) =>
      abortSignal.addEventListener('abort', () => {
        const reason = abortSignal.reason as AtomError;
        aborted.push(`${name} ${reason.code}`);
        // Cleans up first: its answer comes after the caller's own deadline.
        setTimeout(() => reject(reason), 20);
      }),
    );
  }
}

class Order {
  @IsInt() depth!: number;
}

@AtomService('@myapp/front')
class Front {
  constructor(private readonly client: AtomClient) {}

  @OnRequest()
  async outer(order: Order, context: MessageContext) {
    const inner = await this.client.request<object>('@myapp/front', 'inner', order);
    return { left: context.remaining(), trace: context.traceId, inner };
  }

  @OnRequest()
  inner(_: Order, context: MessageContext): object {
    const { traceId, caller, headers } = context;
    return { left: context.remaining(), trace: traceId, by: caller.service, parent: headers.traceparent };
  }

  @OnRequest({ accepts: 'any' })
  async waitForHang(name: string): Promise<void> {
    await this.client.request('@myapp/user-service', 'hang', name);
  }
}

describe('requests over ZeroMQ', () => {
  const apps = new Applications().closeAfterEach();
  const users = () => apps.listen(moduleOf([UserService]));

  async function connected() {
    await users();
    const client = await apps.client();
    await client.waitFor('@myapp/user-service', { timeout: 5000 });
    return client;
  }

  beforeEach(() => void aborted.splice(0));

  it('carry lexemes there and back: checked, revived, and without what is not declared', async () => {
    const client = await connected();
    const plain = await client.request('@myapp/user-service', 'get-user', { userId: ID });
    expect(plain).to.deep.equal({ userId: ID, age: 30, born: '1970-01-01T00:00:00.000Z' });
    const revived = await client.request<User>(
      '@myapp/user-service',
      'getUser',
      { userId: ID },
      { returns: User },
    );
    expect(revived).to.be.instanceOf(User);
    expect(revived.born).to.deep.equal(new Date(0));
  });

  it('carry any JSON', async () => {
    const client = await connected();
    for (const data of [null, 0, '', 'ünï 🙂 \u2028', [], { a: [{ b: null }] }, true]) {
      expect(await client.request('@myapp/user-service', 'echo', data)).to.deep.equal(data);
    }
    const evil = JSON.parse('{"__proto__":{"a":1},"b":{"constructor":2}}') as unknown;
    expect(await client.request('@myapp/user-service', 'echo', evil)).to.deep.equal({ b: {} });
  });

  it('fail as the table of errors says', async () => {
    const client = await connected();
    await eventually(
      async () => (await failure(client.request('@myapp/none', 'x', 1))).code === 'UNAVAILABLE',
    );
    const cases: [Promise<unknown>, string, string, string][] = [
      [
        client.request('@elsewhere/target', 'x'),
        'UNAVAILABLE',
        'NOT_SENT',
        "Service '@elsewhere/target' not found: it is not available or running",
      ],
      [
        client.request('@myapp/users-service', 'x'),
        'UNAVAILABLE',
        'NOT_SENT',
        "Service '@myapp/users-service' not found: it is not available or running; did you mean '@myapp/user-service'?",
      ],
      [
        client.request('@myapp/user-service', 'unknown-op'),
        'UNIMPLEMENTED',
        'REJECTED',
        "Operation 'unknown-op' not supported by '@myapp/user-service'; there is get-user, fail, wrong, echo, hang",
      ],
      [
        client.request('@myapp/user-service', 'hang', 'a', { timeout: 60 }),
        'DEADLINE_EXCEEDED',
        'UNKNOWN',
        'Request timeout after 60ms for @myapp/user-service::hang',
      ],
      [
        client.request('@myapp/user-service', 'get-user', { userId: 'x' }),
        'INVALID_ARGUMENT',
        'REJECTED',
        'Invalid GetUser: userId must be a UUID',
      ],
      [client.request('@myapp/user-service', 'fail', 'atom'), 'NOT_FOUND', 'FAILED', 'no such user'],
      [
        client.request('@myapp/user-service', 'fail', 'error'),
        'INTERNAL',
        'FAILED',
        "'@myapp/user-service::fail' failed; its log says why",
      ],
    ];
    const failures = await Promise.all(cases.map(([call]) => failure(call)));
    cases.forEach(([, code, outcome, message], index) => {
      expect(failures[index]).to.include({ code, outcome, message });
    });
    const texts = await failure(client.request('@myapp/user-service', 'fail', 'text'));
    expect(texts.code).to.equal('INTERNAL');
    expect((await failure(client.request('@myapp/user-service', 'wrong'))).outcome).to.equal('FAILED');
  });

  it('are refused before they are sent where no receiver could take them, and harm no neighbour', async () => {
    const client = await connected();
    const bad = [
      client.request('@myapp/user-service', ''),
      client.request('@myapp/user-service', 'echo', 1, { timeout: Infinity }),
      client.request('@myapp/user-service', 'echo', 'x'.repeat(2 ** 21)),
      client.request('@myapp/user-service', 'echo', '€'.repeat(2 ** 19)),
    ].map(failure);
    const good = client.request('@myapp/user-service', 'echo', 1);
    for (const call of bad) {
      expect(await call).to.include({ code: 'INVALID_ARGUMENT', outcome: 'NOT_SENT' });
    }
    expect(await good).to.equal(1);
  });

  it('carry a message of nearly the limit in any alphabet', async () => {
    const client = await connected();
    const texts = ['x'.repeat(2 ** 20 - 100), '€'.repeat(349_000), '🙂'.repeat(262_000)];
    const answers = await Promise.all(
      texts.map((text) => client.request<string>('@myapp/user-service', 'echo', text)),
    );
    expect(answers.map((text, index) => text === texts[index])).to.deep.equal([true, true, true]);
  });

  it('inherit deadline, trace and caller', async () => {
    await apps.listen(moduleOf([Front]));
    const client = await apps.client();
    await client.waitFor('@myapp/front', { timeout: 5000 });
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const result = await client.request<{
      left: number;
      trace: string;
      inner: { left: number; trace: string; by: string; parent: string };
    }>('@myapp/front', 'outer', { depth: 1 }, { timeout: 3000, headers: { TraceParent: parent } });
    expect(result.left).to.be.within(1, 3000);
    expect(result.trace).to.equal('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(result.inner).to.include({ trace: result.trace, by: '@myapp/front' });
    expect(result.inner.parent).not.to.equal(parent);
  });

  it('are cancelled all the way down', async () => {
    await users();
    await apps.listen(moduleOf([Front]));
    const client = await apps.client();
    await client.waitFor(['@myapp/front', '@myapp/user-service'], { timeout: 5000 });
    const controller = new AbortController();
    const call = failure(
      client.request('@myapp/front', 'waitForHang', 'deep', { signal: controller.signal }),
    );
    await eventually(async () => {
      const stats = await client.request<{ operations: { hang: { inFlight: number } } }>(
        '@myapp/user-service',
        '$stats',
      );
      return stats.operations.hang.inFlight === 1;
    });
    controller.abort();
    expect(await call).to.include({ code: 'CANCELLED', outcome: 'UNKNOWN' });
    await eventually(() => aborted.length === 1);
    expect(aborted).to.deep.equal(['deep CANCELLED']);
  });

  it("abort the handler's signal at the deadline, and when the caller is closed", async () => {
    const client = await connected();
    await failure(client.request('@myapp/user-service', 'hang', 'late', { timeout: 50 }));
    await eventually(() => aborted.length === 1);
    const other = await apps.client();
    await other.waitFor('@myapp/user-service', { timeout: 5000 });
    const call = failure(other.request('@myapp/user-service', 'hang', 'left', { timeout: 400 }));
    const closing = other.close();
    await call;
    await closing;
    await eventually(() => aborted.length === 2);
    expect(aborted[0]).to.match(/^late (DEADLINE_EXCEEDED|CANCELLED)$/);
  });
});
