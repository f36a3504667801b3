import { expect } from 'chai';
import { AtomModule } from '../../../lib/decorators/atom-module.js';
import { AtomService } from '../../../lib/decorators/atom-service.js';
import { Inject } from '../../../lib/decorators/inject.js';
import { Injectable } from '../../../lib/decorators/injectable.js';
import { OnEvent } from '../../../lib/decorators/on-event.js';
import { OnRequest } from '../../../lib/decorators/on-request.js';
import { Optional } from '../../../lib/decorators/optional.js';
import { Use } from '../../../lib/decorators/use.js';
import {
  handlersRecord,
  injectableRecord,
  moduleRecord,
  parametersRecord,
  serviceRecord,
  useRecord,
} from '../../../lib/metadata/records.js';
import type { Middleware } from '../../../lib/runtime/middleware.js';

const layer: Middleware = (_context, next) => next();

describe('decorators', () => {
  it('record what is written, on the class itself', () => {
    const TOKEN = Symbol('token');
    @AtomModule({ providers: [] })
    class Module {}
    @AtomService('@shop/orders')
    @Injectable()
    @Use(layer)
    class Orders {
      constructor(@Optional() @Inject(TOKEN) readonly token: unknown) {}
      @OnRequest('place', { accepts: 'any' })
      place(_order: unknown): void {}
      @Use(layer)
      @OnEvent('paid', { delivery: 'broadcast' })
      onPaid(): void {}
    }
    class Sub extends Orders {}

    expect(moduleRecord.read(Module)).to.deep.equal({ providers: [] });
    expect(serviceRecord.read(Orders)).to.deep.equal({ name: '@shop/orders' });
    expect(injectableRecord.read(Orders)).to.equal(true);
    expect(parametersRecord.read(Orders)?.get(0)).to.deep.equal({
      injected: true,
      token: TOKEN,
      optional: true,
    });
    expect(useRecord.read(Orders)).to.deep.equal([
      { method: undefined, middleware: [layer] },
      { method: 'onPaid', middleware: [layer] },
    ]);
    expect(handlersRecord.read(Orders)).to.deep.equal([
      { kind: 'request', method: 'place', isStatic: false, operation: 'place', options: { accepts: 'any' } },
      {
        kind: 'event',
        method: 'onPaid',
        isStatic: false,
        target: 'paid',
        options: { delivery: 'broadcast' },
      },
    ]);
    for (const record of [serviceRecord, injectableRecord, parametersRecord, useRecord, handlersRecord]) {
      expect(record.read(Sub)).to.equal(undefined);
    }
  });

  it('check nothing and throw nothing: the scanner does, with all else that is wrong', () => {
    expect(() => {
      @AtomService('not a name')
      class Orders {
        @OnRequest('$x')
        @OnEvent('a b')
        place(_order: object): void {}
      }
      return Orders;
    }).not.to.throw();
  });

  it('do not compile where they do not belong', () => {
    const misplaced = (): unknown => {
      class Orders {
        // @ts-expect-error a property is not a method
        @OnRequest()
        operation!: string;
        // @ts-expect-error a property is not a method
        @OnEvent('paid')
        event!: string;
        // @ts-expect-error a property is not a method
        @Use(layer)
        used!: string;
        // @ts-expect-error an accessor of a string is not a method
        @OnRequest()
        get accessor(): string {
          return '';
        }
        // @ts-expect-error a parameter of a method is given by the message
        method(@Inject('x') _parameter: unknown): void {}
      }
      // @ts-expect-error a class handles nothing itself
      @OnRequest()
      // @ts-expect-error a topic is not a class
      @OnEvent(Orders)
      class Other {}
      // @ts-expect-error an unknown option
      OnRequest('x', { acepts: 'any' });
      // @ts-expect-error not a delivery
      OnEvent('x', { delivery: 'all' });
      // @ts-expect-error an unknown list
      AtomModule({ provider: [] });
      return Other;
    };
    expect(misplaced).to.be.a('function');
  });
});
