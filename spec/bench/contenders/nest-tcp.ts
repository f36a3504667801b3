import 'reflect-metadata';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Contender } from '../contender.js';
import { answer, type Body } from '../workload.js';

/** What is used of the peer; it is no dependency, so its declarations are not there. */
interface Observable {
  subscribe(observer: { next: (value: unknown) => void; error: (error: unknown) => void }): unknown;
}
interface Microservices {
  readonly MessagePattern: (pattern: string) => MethodDecorator;
  readonly Transport: { readonly TCP: number };
  readonly ClientProxyFactory: {
    create(options: object): { connect(): Promise<void>; send(pattern: string, data: unknown): Observable };
  };
}
interface Common {
  readonly Controller: () => ClassDecorator;
  readonly Module: (options: object) => ClassDecorator;
}
interface Core {
  readonly NestFactory: {
    createMicroservice(module: unknown, options: object): Promise<{ listen(): Promise<void> }>;
  };
}
const load = async <T>(name: string): Promise<T> => (await import(name)) as T;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A peer: NestJS microservices over its TCP transport. */
export const contender: Contender = {
  title: 'NestJS microservices, TCP',
  needs: ['@nestjs/microservices', '@nestjs/core', '@nestjs/common'],
  requests: {
    async serve() {
      const { Controller, Module } = await load<Common>('@nestjs/common');
      const { MessagePattern, Transport } = await load<Microservices>('@nestjs/microservices');
      const { NestFactory } = await load<Core>('@nestjs/core');

      class Handlers {
        answer(request: Body): Body {
          return answer(request);
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Handlers.prototype, 'answer')!;
      MessagePattern('answer')(Handlers.prototype, 'answer', descriptor);
      Controller()(Handlers);
      class Root {}
      Module({ controllers: [Handlers] })(Root);

      const port = await freePort();
      const options = { host: '127.0.0.1', port };
      const app = await NestFactory.createMicroservice(Root, {
        transport: Transport.TCP,
        options,
        logger: false,
      });
      await app.listen();
      return { endpoints: [String(port)] };
    },
    async connect([port]) {
      const { ClientProxyFactory, Transport } = await load<Microservices>('@nestjs/microservices');
      const options = { host: '127.0.0.1', port: Number(port) };
      const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
      await client.connect();
      return {
        request(body, done) {
          client
            .send('answer', body)
            .subscribe({ next: (value) => done(undefined, value), error: (e) => done(e, null) });
        },
      };
    },
  },
};
